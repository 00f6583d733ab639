#include "value/builder.hpp"

#include "base/check.hpp"

#include <fmt/core.h>

#include <utility>

namespace value {

ValueBuilder::ValueBuilder(OnInstance on_instance) : on_instance_(std::move(on_instance)) {}

base::Result<Value> ValueBuilder::take() {
    CHECK(open_.empty() && too_deep_ == 0 && complete_);
    if (refused_) {
        return base::invalid_argument(
            fmt::format("a value is nested deeper than {} levels", kMaxValueDepth));
    }
    return std::move(root_);
}

// Called for each finished part. `next_secret_` belongs to the part that comes next, and to no
// other.
void ValueBuilder::add(Value value) {
    if (too_deep_ > 0) return;
    if (std::exchange(next_secret_, false)) value.mark_secret();
    if (open_.empty()) {
        root_ = std::move(value);
        complete_ = true;
    } else if (open_.back().is_record) {
        open_.back().members.emplace_back(std::move(keys_.back()), std::move(value));
    } else {
        open_.back().items.push_back(std::move(value));
    }
}

void ValueBuilder::begin(bool is_record, std::size_t size) {
    // From the limit on it only counts, so that the sink's calls go on to match and take() can say
    // what was wrong. Nothing recurses here, but what reads the value does (append_json(),
    // same_as(), the destructor).
    if (too_deep_ > 0 || open_.size() == kMaxValueDepth) {
        refused_ = true;
        ++too_deep_;
        return;
    }
    Level& level = open_.emplace_back();
    level.is_record = is_record;
    level.secret = std::exchange(next_secret_, false);
    if (is_record) {
        level.members.reserve(size);
        keys_.emplace_back();
    } else {
        level.items.reserve(size);
    }
}

void ValueBuilder::end() {
    if (too_deep_ > 0) {
        // In the place of what was too deep, so that the record around it has as many values as
        // names.
        if (--too_deep_ == 0) add(Value());
        return;
    }
    Level level = std::move(open_.back());
    open_.pop_back();
    if (level.is_record) keys_.pop_back();
    Value value = level.is_record ? Value(std::move(level.members)) : Value(std::move(level.items));
    // The mark was taken when the part began, and is put back for add().
    next_secret_ = level.secret;
    add(std::move(value));
}

void ValueBuilder::null() { add(Value()); }
void ValueBuilder::boolean(bool value) { add(value); }
void ValueBuilder::integer(std::int64_t value) { add(value); }
void ValueBuilder::number(const value::Rational& value) { add(value); }
void ValueBuilder::string(std::string_view value) { add(Value(value)); }
void ValueBuilder::secret_template(const SecretTemplate& value) { add(Value(value)); }
void ValueBuilder::begin_array(std::size_t size) { begin(false, size); }
void ValueBuilder::end_array() { end(); }
void ValueBuilder::begin_record(std::size_t size) { begin(true, size); }
void ValueBuilder::key(std::string_view name) {
    if (too_deep_ == 0) keys_.back() = name;
}
void ValueBuilder::end_record() { end(); }
void ValueBuilder::unknown(value::ValueType type) { add(Value::unknown(type)); }
void ValueBuilder::secret() {
    if (too_deep_ == 0) next_secret_ = true;
}
void ValueBuilder::instance(value::InstanceId id, std::string_view address) {
    if (too_deep_ > 0) return;
    add(on_instance_ ? on_instance_(id, address) : Value(address));
}

// Recurses: a Value is never deeper than kMaxValueDepth.
void emit(const Value& value, value::ValueSink& sink) {
    if (const auto* text = value.as_secret_template()) return sink.secret_template(*text);
    if (value.is_secret()) sink.secret();
    if (value.is_null()) return sink.null();
    if (const auto* boolean = value.as_bool()) return sink.boolean(*boolean);
    if (const auto* integer = value.as_integer()) return sink.integer(*integer);
    if (const auto* number = value.as_rational()) return sink.number(*number);
    if (const auto* string = value.as_string()) return sink.string(*string);
    if (const auto* unknown = value.as_unknown()) return sink.unknown(unknown->type);
    if (const auto* array = value.as_array()) {
        sink.begin_array(array->size());
        for (const Value& item : *array) emit(item, sink);
        return sink.end_array();
    }
    const auto* record = value.as_record();
    CHECK(record != nullptr);
    sink.begin_record(record->size());
    for (const auto& [name, member] : *record) {
        sink.key(name);
        emit(member, sink);
    }
    sink.end_record();
}

}
