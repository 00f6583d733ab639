#pragma once

#include <compare>
#include <cstdint>
#include <string>
#include <string_view>

// What the engine and an evaluation name to each other: instances, their cells, and values handed
// over in depth-first order (ENGINE §2, §3).
namespace value {

class Rational;
class SecretTemplate;

// What is known of a value that is not known yet.
enum class ValueType : std::uint8_t { Dyn, Null, Bool, Number, String, Array, Record };

using InstanceId = std::uint32_t;
// Of an instance that the program names and that stands in no tree, at least not yet.
inline constexpr InstanceId kNoInstance = UINT32_MAX;
struct CellId {
    InstanceId instance = 0;
    std::uint32_t output = 0;   // index into the outputs of the instance's type

    auto operator<=>(const CellId&) const = default;
};

// Receives a value in depth-first order. Used in both directions: the evaluator writes inputs and
// outputs to the engine, the engine writes the value of a cell to the evaluator.
class ValueSink {
public:
    virtual ~ValueSink() = default;
    virtual void null() = 0;
    virtual void boolean(bool value) = 0;
    virtual void integer(std::int64_t value) = 0;
    virtual void number(const Rational& value) = 0;    // anything that integer() cannot hold
    virtual void string(std::string_view value) = 0;   // enum tags without argument too
    virtual void secret_template(const SecretTemplate& value) = 0;   // secret in any case
    virtual void begin_array(std::size_t size) = 0;
    virtual void end_array() = 0;
    virtual void begin_record(std::size_t size) = 0;
    virtual void key(std::string_view name) = 0;   // in ascending order
    virtual void end_record() = 0;
    virtual void unknown(ValueType type) = 0;
    // The next value, whole, is secret.
    virtual void secret() = 0;
    // A whole instance, where one may stand (`connection`, `lifecycle.after`, `outputs`).
    virtual void instance(InstanceId id, std::string_view address) = 0;
};

// One input of an instance as written: for causes and messages.
struct InputPlace {
    std::string file;
    std::uint32_t line = 0;
    std::uint32_t column = 0;

    bool operator==(const InputPlace&) const = default;
};

}
