#pragma once

#include "base/fs.hpp"
#include "base/ids.hpp"
#include "base/process/environment.hpp"
#include "provider/provider.hpp"
#include "provider/results.hpp"
#include "providers/local/provider.hpp"

#include <gtest/gtest.h>

#include <chrono>
#include <memory>
#include <semaphore>
#include <string>
#include <utility>

#include <sys/stat.h>
#include <unistd.h>

// For the tests of this folder: a workspace in a temporary folder, and short ways to call a
// connection as the engine does.
namespace providers::local::testing {

using provider::Action;
using value::Value;

class LocalTest : public ::testing::Test {
protected:
    void SetUp() override {
        folder_ = base::make_temporary_directory("local-test").value();
        host_.workspace_dir = folder_;
        host_.state_dir = folder_ + "/.provisioning";
        host_.executable =
            base::environment_variable("PROVISIONING_BINARY").value_or("build/dev/provisioning");
        connection_ = provider().connect(Value(), host_).value();
    }
    void TearDown() override {
        connection_.reset();
        ::chmod(folder_.c_str(), 0755);
        (void)base::remove_tree(folder_);
    }

    static const provider::ResourceType& type(std::string_view name) {
        return *provider().schema().find(name);
    }

    provider::Intent intent(std::string_view type_name, Action action, Value inputs) {
        provider::Intent out;
        out.token = base::random_token();
        out.run = "1";
        out.workspace = "test";
        out.environment = "default";
        out.address = "thing";
        out.action = action;
        out.type = type_name;
        out.inputs = std::move(inputs);
        out.found_absent_before = action == Action::Create;
        return out;
    }
    provider::Intent next(const provider::Intent& before, const provider::ObservedResource& seen,
                          Action action, Value inputs) {
        provider::Intent out = intent(before.type, action, std::move(inputs));
        out.key = seen.key;
        out.prior = before.inputs;
        out.prior_outputs = seen.outputs;
        return out;
    }

    // Asks to the end, as the engine does: when it is woken, or after a while.
    base::Result<provider::OperationResult> start(const provider::Intent& wanted) {
        return ask_to_the_end(wanted, provider::queued());
    }
    base::Result<provider::OperationResult> poll(const provider::Intent& wanted,
                                                 std::string handle) {
        return ask_to_the_end(wanted, provider::running(std::move(handle)));
    }
    base::Result<provider::OperationResult>
    ask_to_the_end(const provider::Intent& wanted, base::Result<provider::OperationResult> answer) {
        using Kind = provider::OperationResult::Kind;
        const auto woken = std::make_shared<std::counting_semaphore<>>(0);
        const provider::CallContext context{.wake = [woken] { woken->release(); }};
        woken->release();   // the first call is made at once
        while (answer.ok() && answer->kind != Kind::Done) {
            (void)woken->try_acquire_for(std::chrono::milliseconds(answer->wakes ? 2000 : 1));
            provider::Intent running = wanted;
            running.handle = answer->handle;
            answer = answer->kind == Kind::Queued ? connection_->start(wanted, context)
                                                  : connection_->poll(running, context);
        }
        return answer;
    }
    provider::ObservedResource must(const provider::Intent& wanted) {
        auto started = start(wanted);
        EXPECT_TRUE(started.ok()) << started.error().text();
        if (!started.ok() || !started->seen) return {};
        return *started->seen;
    }
    std::optional<provider::ObservedResource> read(std::string_view type_name,
                                                   const std::string& key, const Value& recorded) {
        auto seen = connection_->read(type(type_name), key, recorded, {});
        EXPECT_TRUE(seen.ok()) << seen.error().text();
        return seen.ok() ? *seen : std::nullopt;
    }
    provider::LookupResult find(const provider::Intent& wanted) {
        auto found = connection_->find(wanted, {});
        EXPECT_TRUE(found.ok()) << found.error().text();
        return found.ok() ? *found : provider::LookupResult();
    }
    provider::PlannedChange plan(std::string_view type_name, Value inputs) {
        return connection_
            ->plan({.type = type(type_name),
                    .prior = std::nullopt,
                    .recorded_inputs = Value(),
                    .inputs = std::move(inputs)},
                   {})
            .value();
    }
    provider::PlannedChange plan(std::string_view type_name, const provider::ObservedResource& seen,
                                 Value recorded, Value inputs) {
        return connection_
            ->plan({.type = type(type_name),
                    .prior = seen,
                    .recorded_inputs = std::move(recorded),
                    .inputs = std::move(inputs)},
                   {})
            .value();
    }

    std::string path(std::string_view name) const { return folder_ + "/" + std::string(name); }
    std::string content(std::string_view name) const {
        const auto text = base::read_file(path(name));
        return text.ok() ? *text : "(" + text.error().text() + ")";
    }
    void write(std::string_view name, std::string_view text) const {
        ASSERT_TRUE(base::write_file_atomic(path(name), text).ok());
    }
    unsigned mode(std::string_view name) const {
        struct stat info{};
        return ::lstat(path(name).c_str(), &info) == 0 ? info.st_mode & 07777 : 0;
    }
    // What is in a folder, hidden names too.
    std::string listing(std::string_view name = ".") const {
        std::string out;
        const auto names = base::list_directory(path(name));
        for (const std::string& entry : names.ok() ? *names : std::vector<std::string>()) {
            if (entry != ".provisioning") out += entry + " ";
        }
        return out;
    }

    std::string folder_;
    provider::Host host_;
    std::unique_ptr<provider::Connection> connection_;
};

inline std::string shown_text(const Value& record, std::string_view name) {
    const Value* field = record.find(name);
    return field != nullptr && field->as_string() != nullptr ? *field->as_string() : "(none)";
}

}
