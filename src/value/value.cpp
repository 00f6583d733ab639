#include "value/value.hpp"

#include "base/check.hpp"

#include <algorithm>

namespace value {

static bool by_name(const Value::Member& a, const Value::Member& b) { return a.first < b.first; }

Value::Value(bool value) : data_(value) {}
Value::Value(std::int64_t value) : data_(value) {}
Value::Value(value::Rational value) {
    // Whole numbers have one form, else 1 and 1/1 would be different values.
    if (const auto integer = value.to_int64()) {
        data_ = *integer;
    } else {
        data_ = std::move(value);
    }
}
Value::Value(std::string value) : data_(std::move(value)) {}
Value::Value(std::string_view value) : data_(std::string(value)) {}
Value::Value(const char* value) : data_(std::string(value)) {}
Value::Value(SecretTemplate value) : data_(std::move(value)), secret_(true) {}
Value::Value(Array value) : data_(std::move(value)) {}
Value::Value(Record value) {
    // Mostly sorted already, since most come from another Value.
    if (!std::is_sorted(value.begin(), value.end(), by_name)) {
        std::sort(value.begin(), value.end(), by_name);
    }
    const auto same_name = [](const Member& a, const Member& b) { return a.first == b.first; };
    // Names that come twice are refused where documents and programs are read; here it would be a
    // mistake of ours.
    CHECK(std::adjacent_find(value.begin(), value.end(), same_name) == value.end());
    data_ = std::move(value);
}

Value Value::unknown(value::ValueType type) {
    Value value;
    value.data_ = Unknown{type};
    return value;
}

bool Value::is_null() const { return std::holds_alternative<std::monostate>(data_); }
bool Value::is_unknown() const { return std::holds_alternative<Unknown>(data_); }

template <typename Predicate>
static bool any_part(const Value& value, Predicate predicate) {
    if (predicate(value)) return true;
    const auto below = [&](const Value& part) { return any_part(part, predicate); };
    if (const auto* array = value.as_array()) return std::ranges::any_of(*array, below);
    if (const auto* record = value.as_record()) {
        return std::ranges::any_of(*record, below, &Value::Member::second);
    }
    return false;
}

bool Value::has_unknown() const {
    return any_part(*this, [](const Value& part) { return part.is_unknown(); });
}
bool Value::has_secret() const {
    return any_part(*this, [](const Value& part) { return part.is_secret(); });
}

const bool* Value::as_bool() const { return std::get_if<bool>(&data_); }
const std::int64_t* Value::as_integer() const { return std::get_if<std::int64_t>(&data_); }
const value::Rational* Value::as_rational() const { return std::get_if<value::Rational>(&data_); }
const std::string* Value::as_string() const { return std::get_if<std::string>(&data_); }
const SecretTemplate* Value::as_secret_template() const {
    return std::get_if<SecretTemplate>(&data_);
}
const Value::Array* Value::as_array() const { return std::get_if<Array>(&data_); }
const Value::Record* Value::as_record() const { return std::get_if<Record>(&data_); }
Value::Array* Value::as_array() { return std::get_if<Array>(&data_); }
Value::Record* Value::as_record() { return std::get_if<Record>(&data_); }
const Value::Unknown* Value::as_unknown() const { return std::get_if<Unknown>(&data_); }

static auto place_of(auto& record, std::string_view name) {
    return std::lower_bound(
        record.begin(), record.end(), name,
        [](const Value::Member& member, std::string_view wanted) { return member.first < wanted; });
}

const Value* Value::find(std::string_view name) const {
    const auto* record = as_record();
    if (record == nullptr) return nullptr;
    const auto place = place_of(*record, name);
    return place != record->end() && place->first == name ? &place->second : nullptr;
}

void Value::set(std::string_view name, Value value) {
    if (is_null()) data_ = Record{};
    auto* record = as_record();
    CHECK(record != nullptr);
    const auto place = place_of(*record, name);
    if (place != record->end() && place->first == name) {
        place->second = std::move(value);
    } else {
        record->emplace(place, std::string(name), std::move(value));
    }
}

bool Value::same_as(const Value& other) const {
    // An unknown may turn out to be anything, so whoever asks "is it the same?" must hear no. That
    // is why a change with unknown parts is planned as a change.
    if (data_.index() != other.data_.index() || is_unknown()) return false;
    if (const auto* array = as_array()) {
        return std::ranges::equal(*array, *other.as_array(), &Value::same_as);
    }
    if (const auto* record = as_record()) {
        return std::ranges::equal(*record, *other.as_record(),
                                  [](const Member& a, const Member& b) {
                                      return a.first == b.first && a.second.same_as(b.second);
                                  });
    }
    return data_ == other.data_;
}

}
