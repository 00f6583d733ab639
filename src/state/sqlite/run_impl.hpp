#pragma once

#include "state/run.hpp"
#include "state/sqlite/context.hpp"

#include <functional>
#include <memory>
#include <string>

namespace state::sqlite {

// Run over the tables. Only for the .cpp files of this folder.
class RunImpl final : public Run {
public:
    static base::Result<std::unique_ptr<RunImpl>> begin(SqliteContext& context,
                                                        const RunRequest& request);
    ~RunImpl() override;

    std::int64_t number() const override { return number_; }
    const std::string& id() const override { return id_; }
    std::string new_token() override;
    base::Result<void> extend(std::span<const std::string> addresses,
                              std::span<const Expected> expected) override;
    void note_begun(std::string_view token) override { claim_->note(token); }
    base::Result<void> commit(const Batch& batch) override;
    base::Result<FinishReport> finish(RunStatus status, std::string_view summary_json) override;
    base::Result<void> discard() override;

    // One durable transaction for what is no batch (`state mv`). Everything or nothing.
    base::Result<void> in_transaction(std::string_view step,
                                      const std::function<base::Result<void>()>& work);
    // Within in_transaction.
    base::Result<void> write(const Batch& batch);
    base::Result<void> move(const Row& row, std::string_view to);
    void set_wrote() { wrote_ = true; }

private:
    RunImpl(SqliteContext& context, std::unique_ptr<Liveness::Claim> claim, std::int64_t number,
            std::string id, std::int64_t epoch);

    Version next_version() { return {epoch_, number_, ++sequence_}; }
    base::Result<void> check_lease(std::string_view address);
    base::Result<void> write(const StepResult& result);
    base::Result<std::string> make_backup();

    SqliteContext& context_;
    std::unique_ptr<Liveness::Claim> claim_;
    std::int64_t number_;
    std::string id_;
    std::int64_t epoch_;
    std::int64_t sequence_ = 0;
    std::int64_t steps_ = 0;
    std::int64_t tokens_ = 0;
    bool refreshed_ = false;
    bool wrote_ = false;
    bool ended_ = false;
};

}
