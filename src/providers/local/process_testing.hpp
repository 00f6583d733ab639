#pragma once

#include "providers/local/supervisor/client.hpp"
#include "providers/local/testing.hpp"

// For the tests of local.Process: processes that are ended with the test.
namespace providers::local::testing {

class ProcessTest : public LocalTest {
protected:
    void TearDown() override {
        const auto ids = base::list_directory(host_.state_dir + "/processes");
        for (const std::string& id : ids.ok() ? *ids : std::vector<std::string>()) {
            (void)client(id).stop(std::chrono::seconds(20), {});
        }
        LocalTest::TearDown();
    }

    SupervisorClient client(const std::string& id) const {
        return {host_.state_dir + "/processes/" + id, host_.executable};
    }
    static Value shell(std::string_view script) {
        return Value::Record{{"command", Value::Array{"/bin/sh", "-c", script}},
                             {"environment", Value::Record{}},
                             {"restart", "OnFailure"},
                             {"restart_delay", value::Rational::from_fraction(1, 100)},
                             {"restart_limit", std::int64_t{3}},
                             {"stop_signal", "TERM"},
                             {"stop_timeout", std::int64_t{5}}};
    }
    // Healthy as soon as the file `up` is there.
    static Value checked(Value inputs) {
        inputs.set("health", Value::Record{{"command", Value::Array{"/usr/bin/test", "-e", "up"}},
                                           {"interval", value::Rational::from_fraction(2, 100)},
                                           {"timeout", std::int64_t{2}},
                                           {"start_timeout", value::Rational::from_fraction(5, 10)},
                                           {"retries", std::int64_t{2}}});
        return inputs;
    }
    static constexpr std::string_view kServe = "touch up; exec sleep 600";

    template <typename Condition>
    bool eventually(Condition condition) {
        for (int i = 0; i < 1000; ++i) {
            if (condition()) return true;
            ::usleep(5000);
        }
        return false;
    }
    std::string refusal(const provider::Intent& wanted) {
        const auto started = start(wanted);
        EXPECT_FALSE(started.ok());
        return started.ok() ? "(done)" : started.error().text();
    }
    Status status(const std::string& id) const { return client(id).status().value(); }
};

}
