#pragma once

#include "base/result.hpp"

#include <concepts>
#include <cstdint>
#include <initializer_list>
#include <string>
#include <string_view>

struct sqlite3_stmt;

namespace store {

struct Blob {
    std::string_view bytes;
};

// A value for a placeholder: null, an integer, text or a blob. Borrows texts and blobs.
class Param {
public:
    enum class Kind : std::uint8_t { Null, Integer, Text, Blob };

    Param(std::nullptr_t) {}
    template <std::integral T>
    Param(T value) : kind_(Kind::Integer), integer_(static_cast<std::int64_t>(value)) {}
    Param(std::string_view text) : kind_(Kind::Text), bytes_(text) {}
    Param(const std::string& text) : kind_(Kind::Text), bytes_(text) {}
    Param(const char* text) : kind_(Kind::Text), bytes_(text) {}
    Param(Blob blob) : kind_(Kind::Blob), bytes_(blob.bytes) {}

    Kind kind() const { return kind_; }
    std::int64_t integer() const { return integer_; }
    std::string_view bytes() const { return bytes_; }

private:
    Kind kind_ = Kind::Null;
    std::int64_t integer_ = 0;
    std::string_view bytes_;
};

// A prepared statement on loan from its database's cache; goes back, reset, when this is destroyed.
class Statement {
public:
    using Params = std::initializer_list<Param>;

    explicit Statement(sqlite3_stmt* statement) : statement_(statement) {}
    Statement(Statement&& other) noexcept : statement_(other.statement_) {
        other.statement_ = nullptr;
    }
    Statement& operator=(Statement&&) = delete;
    ~Statement();

    // Runs it to its end; a result, if there is one, is dropped. Tells how many rows changed.
    base::Result<std::int64_t> run(Params params);

    // Begins a query; then next() until it is false. Texts and blobs must live until then.
    base::Result<void> query(Params params);
    base::Result<bool> next();

    // Of the row that next() found. Views are good until the next call of next().
    bool is_null(int column) const;
    std::int64_t integer(int column) const;
    std::string_view text(int column) const;
    std::string_view blob(int column) const;

private:
    base::Result<void> bind(Params params);

    sqlite3_stmt* statement_;
};

}
