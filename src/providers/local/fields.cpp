#include "providers/local/fields.hpp"

#include "value/number/rational.hpp"

#include <algorithm>
#include <cstdio>

namespace providers::local {

using value::Value;

const std::string& text(const Value& record, std::string_view name) {
    static const std::string kEmpty;
    const Value* field = record.find(name);
    const std::string* found = field != nullptr ? field->as_string() : nullptr;
    return found != nullptr ? *found : kEmpty;
}

bool flag(const Value& record, std::string_view name) {
    const Value* field = record.find(name);
    const bool* found = field != nullptr ? field->as_bool() : nullptr;
    return found != nullptr && *found;
}

std::int64_t integer(const Value& record, std::string_view name, std::int64_t fallback) {
    const Value* field = record.find(name);
    const std::int64_t* found = field != nullptr ? field->as_integer() : nullptr;
    return found != nullptr ? *found : fallback;
}

std::chrono::milliseconds seconds(const Value& record, std::string_view name,
                                  std::chrono::milliseconds fallback) {
    constexpr double kLongest = 1e9;
    const Value* field = record.find(name);
    if (field == nullptr) return fallback;
    double amount = 0;
    if (const std::int64_t* whole = field->as_integer()) {
        amount = static_cast<double>(*whole);
    } else if (const value::Rational* exact = field->as_rational()) {
        amount = exact->to_double();
    } else {
        return fallback;
    }
    amount = std::clamp(amount, 0.0, kLongest);
    return std::chrono::milliseconds(static_cast<std::int64_t>(amount * 1000));
}

std::vector<std::string> texts(const Value& record, std::string_view name) {
    std::vector<std::string> out;
    const Value* field = record.find(name);
    const Value::Array* items = field != nullptr ? field->as_array() : nullptr;
    if (items == nullptr) return out;
    for (const Value& item : *items) {
        if (const std::string* found = item.as_string()) out.push_back(*found);
    }
    return out;
}

std::map<std::string, std::string> text_map(const Value& record, std::string_view name) {
    std::map<std::string, std::string> out;
    const Value* field = record.find(name);
    const Value::Record* members = field != nullptr ? field->as_record() : nullptr;
    if (members == nullptr) return out;
    for (const auto& [key, value] : *members) {
        if (const std::string* found = value.as_string()) out[key] = *found;
    }
    return out;
}

const value::Value& part(const value::Value& record, std::string_view name) {
    static const value::Value kNull;
    const value::Value* found = record.find(name);
    return found != nullptr ? *found : kNull;
}

bool is_set(const Value& record, std::string_view name) {
    const Value* field = record.find(name);
    return field != nullptr && !field->is_null();
}

bool same_field(const Value& a, const Value& b, std::string_view name) {
    static const Value kNull;
    const Value* left = a.find(name);
    const Value* right = b.find(name);
    return (left != nullptr ? *left : kNull).same_as(right != nullptr ? *right : kNull);
}

bool is_changed(const provider::PlannedChange& planned, std::string_view input) {
    return std::find(planned.changed.begin(), planned.changed.end(), input) !=
           planned.changed.end();
}

std::optional<unsigned> parse_mode(std::string_view mode) {
    if (mode.size() < 3 || mode.size() > 5) return std::nullopt;
    unsigned bits = 0;
    for (const char digit : mode) {
        if (digit < '0' || digit > '7') return std::nullopt;
        bits = bits * 8 + static_cast<unsigned>(digit - '0');
    }
    if (bits > 07777) return std::nullopt;
    return bits;
}

std::string mode_text(unsigned bits, std::string_view recorded) {
    if (parse_mode(recorded) == bits) return std::string(recorded);
    char out[16];
    std::snprintf(out, sizeof out, "%04o", bits);
    return out;
}

provider::OperationResult done(provider::ObservedResource seen) {
    provider::OperationResult out;
    out.kind = provider::OperationResult::Kind::Done;
    out.seen = std::move(seen);
    return out;
}

provider::OperationResult done_without() { return {}; }

provider::LookupResult found(provider::LookupResult::Kind kind, std::string reason) {
    provider::LookupResult out;
    out.kind = kind;
    out.reason = std::move(reason);
    return out;
}

provider::LookupResult found_done(provider::ObservedResource seen) {
    provider::LookupResult out;
    out.kind = provider::LookupResult::Kind::Done;
    out.seen = std::move(seen);
    return out;
}

}
