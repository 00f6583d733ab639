#pragma once

#include "base/result.hpp"
#include "json/events.hpp"

#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

namespace json {

class Value;
struct Member;

using Array = std::vector<Value>;

// Members in the order they were put in; a key occurs once. Looked up through a hash index as soon
// as there are more than a few.
class Object {
public:
    Object();
    Object(const Object&);
    Object(Object&&) noexcept;
    Object& operator=(const Object&);
    Object& operator=(Object&&) noexcept;
    ~Object();
    Object(std::initializer_list<Member> members);   // a repeated key: the last one

    std::size_t size() const;
    bool empty() const { return size() == 0; }
    const Value* find(std::string_view key) const;
    Value* find(std::string_view key);
    // Replaces the value of a key that is there, in its place.
    Value& set(std::string key, Value value);
    bool remove(std::string_view key);

    const Member* begin() const;
    const Member* end() const;
    Member* begin();   // the keys are not to be changed
    Member* end();

    friend bool operator==(const Object& a, const Object& b);   // in whatever order

private:
    std::size_t index_of(std::string_view key) const;
    void index(std::size_t member);
    void rebuild();

    std::vector<Member> members_;
    std::vector<std::uint32_t> slots_;   // open addressing: index + 1, or 0
};

// A number that is no 64-bit integer, as its exact decimal text.
struct Decimal {
    std::string text;
    friend bool operator==(const Decimal&, const Decimal&) = default;
};

// A JSON value, owned.
class Value {
public:
    Value() = default;
    Value(std::nullptr_t) {}
    Value(bool value) : value_(value) {}
    Value(int value) : value_(std::int64_t{value}) {}
    Value(std::int64_t value) : value_(value) {}
    Value(std::uint64_t value);
    Value(double value);   // null if it is not finite
    Value(const char* text) : value_(std::string(text)) {}
    Value(std::string_view text) : value_(std::string(text)) {}
    Value(std::string text) : value_(std::move(text)) {}
    Value(Array array) : value_(std::move(array)) {}
    Value(Object object) : value_(std::move(object)) {}

    // A number from its text, which must be one.
    static Value number(std::string_view text);

    bool is_null() const { return std::holds_alternative<std::monostate>(value_); }
    bool is_number() const { return as_int64() != nullptr || as_decimal() != nullptr; }
    bool is_string() const { return as_string() != nullptr; }
    bool is_array() const { return as_array() != nullptr; }
    bool is_object() const { return as_object() != nullptr; }

    // Null pointers when it is something else.
    const bool* as_bool() const { return std::get_if<bool>(&value_); }
    const std::int64_t* as_int64() const { return std::get_if<std::int64_t>(&value_); }
    const Decimal* as_decimal() const { return std::get_if<Decimal>(&value_); }
    const std::string* as_string() const { return std::get_if<std::string>(&value_); }
    const Array* as_array() const { return std::get_if<Array>(&value_); }
    const Object* as_object() const { return std::get_if<Object>(&value_); }
    std::string* as_string() { return std::get_if<std::string>(&value_); }
    Array* as_array() { return std::get_if<Array>(&value_); }
    Object* as_object() { return std::get_if<Object>(&value_); }

    std::optional<double> to_double() const;
    // Exact text of a number.
    std::optional<std::string> number_text() const;

    // The member of an object, or null when there is none or this is no object.
    const Value* find(std::string_view key) const;
    // Down a chain of objects: get("a", "b").
    template <typename... Keys>
    const Value* find(std::string_view key, Keys... rest) const {
        const Value* inner = find(key);
        return inner == nullptr ? nullptr : inner->find(rest...);
    }
    // What a member is, where the caller has a default for what is absent or of another kind.
    std::string_view string_or(std::string_view key, std::string_view fallback) const;
    std::int64_t int64_or(std::string_view key, std::int64_t fallback) const;
    bool bool_or(std::string_view key, bool fallback) const;

    friend bool operator==(const Value&, const Value&) = default;

private:
    std::variant<std::monostate, bool, std::int64_t, Decimal, std::string, Array, Object> value_;
};

struct Member {
    std::string key;
    Value value;
    friend bool operator==(const Member&, const Member&) = default;
};

inline std::size_t Object::size() const { return members_.size(); }
inline const Member* Object::begin() const { return members_.data(); }
inline const Member* Object::end() const { return members_.data() + members_.size(); }
inline Member* Object::begin() { return members_.data(); }
inline Member* Object::end() { return members_.data() + members_.size(); }

// Reads a whole text. A key that occurs twice in an object is an error.
base::Result<Value> parse(std::string_view text, const Limits& limits = {});

// Builds a Value from the events of any reader.
class ValueBuilder final : public Events {
public:
    base::Result<void> null(Span span) override;
    base::Result<void> boolean(bool value, Span span) override;
    base::Result<void> number(std::string_view text, Span span) override;
    base::Result<void> string(std::string_view value, Span span) override;
    base::Result<void> begin_array(Span span) override;
    base::Result<void> end_array(Span span) override;
    base::Result<void> begin_object(Span span) override;
    base::Result<void> key(std::string_view name, Span span) override;
    base::Result<void> end_object(Span span) override;

    Value take() { return std::move(root_); }

private:
    struct Open {
        Value container;
        std::string key;
    };
    base::Result<void> add(Value value);
    base::Result<void> close();

    Value root_;
    std::vector<Open> open_;
};

class Writer;
void write(Writer& writer, const Value& value);
std::string to_text(const Value& value);          // on one line
std::string to_pretty_text(const Value& value);   // indented by two, without a newline at the end

}
