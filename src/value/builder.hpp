#pragma once

#include "base/result.hpp"
#include "value/value.hpp"

#include <functional>
#include <string>
#include <string_view>
#include <vector>

namespace value {

// Deeper values are refused wherever they come in: from the evaluator, from state, from JSON.
inline constexpr std::size_t kMaxValueDepth = 500;

// Builds a Value from what the evaluator emits. Use once. An instance becomes what `on_instance`
// makes of it; by default its address, as a string.
class ValueBuilder final : public value::ValueSink {
public:
    using OnInstance = std::function<Value(value::InstanceId id, std::string_view address)>;

    explicit ValueBuilder(OnInstance on_instance = nullptr);

    // The value, once it is complete. InvalidArgument when it is nested deeper than kMaxValueDepth.
    base::Result<Value> take();

    void null() override;
    void boolean(bool value) override;
    void integer(std::int64_t value) override;
    void number(const value::Rational& value) override;
    void string(std::string_view value) override;
    void secret_template(const SecretTemplate& value) override;
    void begin_array(std::size_t size) override;
    void end_array() override;
    void begin_record(std::size_t size) override;
    void key(std::string_view name) override;
    void end_record() override;
    void unknown(value::ValueType type) override;
    void secret() override;
    void instance(value::InstanceId id, std::string_view address) override;

private:
    struct Level {
        Value::Array items;
        Value::Record members;
        bool is_record = false;
        bool secret = false;
    };
    void begin(bool is_record, std::size_t size);
    void end();
    void add(Value value);

    OnInstance on_instance_;
    std::vector<Level> open_;
    std::vector<std::string> keys_;   // of the records being built, one each
    Value root_;
    std::size_t too_deep_ = 0;   // levels opened beyond the limit
    bool refused_ = false;
    bool complete_ = false;
    bool next_secret_ = false;
};

// The other direction.
void emit(const Value& value, value::ValueSink& sink);

}
