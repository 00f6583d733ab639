#pragma once

#include "state/sqlite/context.hpp"

#include <optional>
#include <string_view>
#include <vector>

// Rows of resources in the tables `resource` and `resource_history`. Only for the .cpp files of
// this folder; all within a transaction of the caller.
namespace state::sqlite {

// Everything that makes a row as it is stored, what it names by number included: a connection that
// is replaced beneath its rows is damage of the rows.
struct StoredRow {
    std::string_view address;
    std::int64_t generation;
    const std::string& type;
    const provider::ConnectionRecord& connection;
    std::int64_t connection_id;
    std::string_view key, token, inputs, outputs, lifecycle, dependencies;
    bool complete;
    Version version;

    template <typename Sum>
    Sum&& add_to(Sum&& sum) const {
        sum.add(address).add(generation).add(type);
        sum.add(connection.address).add(connection.provider).add(connection.identity);
        sum.add(key).add(token);
        sum.add(inputs).add(outputs).add(lifecycle).add(dependencies);
        sum.add(std::int64_t{complete});
        sum.add(version.epoch).add(version.run).add(version.sequence);
        return std::forward<Sum>(sum);
    }
};
std::int64_t checksum_of(const StoredRow& row);
// `begun`: for rows, with the environment in it.
std::int64_t mac_of(const Mac& begun, const StoredRow& row);

class Rows {
public:
    explicit Rows(SqliteContext& context) : context_(context) {}

    base::Result<std::vector<Row>> all();   // adds them to the context's `seen`
    base::Result<std::vector<Row>> at(std::string_view address);   // every generation
    base::Result<bool> exist_at(std::string_view address);
    base::Result<std::optional<Version>> version(std::string_view address,
                                                 std::uint64_t generation);

    // Writes the row with `version` as its own; what it replaces goes to the history.
    base::Result<void> write(const Row& row, const Version& version);
    // False when there was no such row.
    base::Result<bool> remove(std::string_view address, std::uint64_t generation,
                              const Version& by);
    // The history stays at the old address, where the row counts as removed. AlreadyExists.
    base::Result<void> move(const Row& row, std::string_view to, const Version& version);

    base::Result<std::vector<HistoryEntry>> history_of(std::string_view address);
    base::Result<std::vector<HistoryEntry>> replaced_by_run(std::int64_t run);
    base::Result<std::vector<Row>> written_by_run(std::int64_t run);
    base::Result<std::map<std::string, std::uint64_t, std::less<>>> past_generations();

private:
    struct Stored;   // the columns of a row as they are stored

    base::Result<Stored> stored(const Row& row, const Version& version);
    base::Result<void> read(const store::Statement& from, Row& row);
    SealContext row_context(const Row& row, std::string_view field) const;
    base::Result<void> forget_past(std::string_view address, std::uint64_t up_to);
    base::Result<std::vector<Row>> read_all(store::Statement& from);
    base::Result<std::vector<HistoryEntry>> read_history(store::Statement& from);
    base::Result<bool> insert(const Row& row, const Stored& stored);
    base::Result<void> update(const Row& row, const Stored& stored);
    base::Result<bool> keep_in_history(std::string_view address, std::uint64_t generation,
                                       const Version& by, bool removed);

    const Mac& begun();

    SqliteContext& context_;
    std::optional<Mac> begun_;
};

}
