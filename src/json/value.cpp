#include "json/value.hpp"

#include "base/check.hpp"
#include "json/error.hpp"
#include "json/reader.hpp"
#include "json/writer.hpp"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <cstdlib>
#include <functional>

namespace json {

// Up to eight members are compared one by one: no table to be made or kept, and names differ in
// their first bytes.
static constexpr std::size_t kLinear = 8;
static constexpr std::size_t kNowhere = ~std::size_t{0};

Object::Object() = default;
Object::Object(const Object&) = default;
Object::Object(Object&&) noexcept = default;
Object& Object::operator=(const Object&) = default;
Object& Object::operator=(Object&&) noexcept = default;
Object::~Object() = default;

Object::Object(std::initializer_list<Member> members) {
    for (const Member& member : members) set(member.key, member.value);
}

std::size_t Object::index_of(std::string_view key) const {
    if (slots_.empty()) {
        for (std::size_t i = 0; i < members_.size(); ++i) {
            if (members_[i].key == key) return i;
        }
        return kNowhere;
    }
    std::size_t mask = slots_.size() - 1;
    for (std::size_t at = std::hash<std::string_view>()(key) & mask;; at = (at + 1) & mask) {
        if (slots_[at] == 0) return kNowhere;
        if (members_[slots_[at] - 1].key == key) return slots_[at] - 1;
    }
}

void Object::index(std::size_t member) {
    std::size_t mask = slots_.size() - 1;
    std::size_t at = std::hash<std::string_view>()(members_[member].key) & mask;
    while (slots_[at] != 0) at = (at + 1) & mask;
    slots_[at] = static_cast<std::uint32_t>(member + 1);
}

// Twice as many slots as members at least, so a run of taken slots stays short.
void Object::rebuild() {
    slots_.clear();
    if (members_.size() <= kLinear) return;
    std::size_t size = 4 * kLinear;
    // A power of two, for `mask`.
    while (size < members_.size() * 2) size *= 2;
    slots_.resize(size);
    for (std::size_t i = 0; i < members_.size(); ++i) index(i);
}

const Value* Object::find(std::string_view key) const {
    std::size_t at = index_of(key);
    return at == kNowhere ? nullptr : &members_[at].value;
}

Value* Object::find(std::string_view key) {
    std::size_t at = index_of(key);
    return at == kNowhere ? nullptr : &members_[at].value;
}

Value& Object::set(std::string key, Value value) {
    std::size_t at = index_of(key);
    // The place stays: a change of one member of a document that people read does not move the
    // others.
    if (at != kNowhere) return members_[at].value = std::move(value);
    members_.push_back({std::move(key), std::move(value)});
    if (members_.size() > kLinear) {
        if (members_.size() * 2 > slots_.size()) {
            rebuild();
        } else {
            index(members_.size() - 1);
        }
    }
    return members_.back().value;
}

bool Object::remove(std::string_view key) {
    std::size_t at = index_of(key);
    if (at == kNowhere) return false;
    members_.erase(members_.begin() + static_cast<std::ptrdiff_t>(at));
    // Every index behind it is off by one now. Removing is rare, and never in a loop over a large
    // object.
    rebuild();
    return true;
}

bool operator==(const Object& a, const Object& b) {
    return a.size() == b.size() && std::all_of(a.begin(), a.end(), [&](const Member& member) {
               const Value* other = b.find(member.key);
               return other != nullptr && *other == member.value;
           });
}

Value::Value(std::uint64_t value) {
    // Ids up to 2^64 - 1 are kept to the last digit, as text.
    if (value <= static_cast<std::uint64_t>(INT64_MAX)) {
        value_ = static_cast<std::int64_t>(value);
    } else {
        value_ = Decimal{std::to_string(value)};
    }
}

Value::Value(double value) {
    if (std::isfinite(value)) value_ = Decimal{format_double(value)};
}

Value Value::number(std::string_view text) {
    Value result;
    std::int64_t integer = 0;
    auto [end, code] = std::from_chars(text.data(), text.data() + text.size(), integer);
    // "-0" is a number that int64 has not; it goes on as it was written.
    if (code == std::errc() && end == text.data() + text.size() && text != "-0") {
        result.value_ = integer;
    } else {
        result.value_ = Decimal{std::string(text)};
    }
    return result;
}

std::optional<double> Value::to_double() const {
    if (auto* integer = as_int64()) return static_cast<double>(*integer);
    // strtod() and not a number of ours: it rounds correctly, and a decimal may be longer than any
    // double.
    if (auto* decimal = as_decimal()) return std::strtod(decimal->text.c_str(), nullptr);
    return std::nullopt;
}

std::optional<std::string> Value::number_text() const {
    if (auto* integer = as_int64()) return std::to_string(*integer);
    if (auto* decimal = as_decimal()) return decimal->text;
    return std::nullopt;
}

const Value* Value::find(std::string_view key) const {
    const Object* object = as_object();
    return object == nullptr ? nullptr : object->find(key);
}

std::string_view Value::string_or(std::string_view key, std::string_view fallback) const {
    const Value* member = find(key);
    const std::string* text = member == nullptr ? nullptr : member->as_string();
    return text == nullptr ? fallback : std::string_view(*text);
}

std::int64_t Value::int64_or(std::string_view key, std::int64_t fallback) const {
    const Value* member = find(key);
    const std::int64_t* integer = member == nullptr ? nullptr : member->as_int64();
    return integer == nullptr ? fallback : *integer;
}

bool Value::bool_or(std::string_view key, bool fallback) const {
    const Value* member = find(key);
    const bool* flag = member == nullptr ? nullptr : member->as_bool();
    return flag == nullptr ? fallback : *flag;
}

base::Result<void> ValueBuilder::add(Value value) {
    if (open_.empty()) {
        root_ = std::move(value);
        return {};
    }
    Open& open = open_.back();
    if (Array* array = open.container.as_array()) {
        array->push_back(std::move(value));
    } else {
        open.container.as_object()->set(std::move(open.key), std::move(value));
    }
    return {};
}

base::Result<void> ValueBuilder::close() {
    CHECK(!open_.empty());
    Value container = std::move(open_.back().container);
    open_.pop_back();
    return add(std::move(container));
}

base::Result<void> ValueBuilder::null(Span) { return add(Value()); }
base::Result<void> ValueBuilder::boolean(bool value, Span) { return add(Value(value)); }
base::Result<void> ValueBuilder::number(std::string_view text, Span) {
    return add(Value::number(text));
}
base::Result<void> ValueBuilder::string(std::string_view value, Span) { return add(Value(value)); }
base::Result<void> ValueBuilder::begin_array(Span) {
    open_.push_back({Value(Array()), {}});
    return {};
}
base::Result<void> ValueBuilder::end_array(Span) { return close(); }
base::Result<void> ValueBuilder::begin_object(Span) {
    open_.push_back({Value(Object()), {}});
    return {};
}
// RFC 8259 leaves open what a name that comes twice means, and readers differ; so what one of them
// checks, another may not see. Refused.
base::Result<void> ValueBuilder::key(std::string_view name, Span span) {
    Open& open = open_.back();
    if (open.container.find(name) != nullptr) {
        return base::invalid_argument("the key '" + std::string(name.substr(0, 80)) +
                                      "' occurs twice in one object (byte " +
                                      std::to_string(span.begin) + ")");
    }
    open.key = name;
    return {};
}
base::Result<void> ValueBuilder::end_object(Span) { return close(); }

base::Result<Value> parse(std::string_view text, const Limits& limits) {
    ValueBuilder builder;
    TRY(read(text, builder, limits));
    return builder.take();
}

// Recurses over a tree that some reader or some code of ours has built, within Limits::max_depth.
void write(Writer& writer, const Value& value) {
    if (auto* flag = value.as_bool()) {
        writer.boolean(*flag);
    } else if (auto* integer = value.as_int64()) {
        writer.number(*integer);
    } else if (auto* decimal = value.as_decimal()) {
        writer.number_text(decimal->text);
    } else if (auto* text = value.as_string()) {
        writer.string(*text);
    } else if (auto* array = value.as_array()) {
        writer.begin_array();
        for (const Value& element : *array) write(writer, element);
        writer.end_array();
    } else if (auto* object = value.as_object()) {
        writer.begin_object();
        for (const Member& member : *object) {
            writer.key(member.key);
            write(writer, member.value);
        }
        writer.end_object();
    } else {
        writer.null();
    }
}

std::string to_text(const Value& value) {
    std::string out;
    TextWriter writer(out, TextWriter::Style::Compact);
    write(writer, value);
    return out;
}

std::string to_pretty_text(const Value& value) {
    std::string out;
    TextWriter writer(out, TextWriter::Style::Pretty);
    write(writer, value);
    return out;
}

}
