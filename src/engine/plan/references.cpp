#include "engine/plan/references.hpp"

#include <algorithm>

namespace engine {

bool References::has_unlinked() const {
    const auto is_unlinked = [](const One& one) { return one.id == value::kNoInstance; };
    return (connection && is_unlinked(*connection)) || std::ranges::any_of(after, is_unlinked);
}

// The inputs are a record: `connection` stands at depth 1, an item of `lifecycle.after` at depth 3,
// in the array of a field of a field.
InputReader::Where InputReader::where() const {
    if (depth_ == 1 && in_connection_) return Where::Connection;
    if (depth_ == 3 && in_lifecycle_ && in_after_) return Where::After;
    return Where::Elsewhere;
}

void InputReader::note_data() {
    switch (where()) {
        case Where::Connection: references_.connection_is_data = true; return;
        case Where::After: references_.after_has_data = true; return;
        case Where::Elsewhere: return;
    }
}

void InputReader::null() { builder_.null(); }   // absent and null are the same thing

void InputReader::boolean(bool value) {
    note_data();
    builder_.boolean(value);
}
void InputReader::integer(std::int64_t value) {
    note_data();
    builder_.integer(value);
}
void InputReader::number(const value::Rational& value) {
    note_data();
    builder_.number(value);
}
void InputReader::string(std::string_view value) {
    note_data();
    builder_.string(value);
}
void InputReader::secret_template(const value::SecretTemplate& value) {
    note_data();
    builder_.secret_template(value);
}
void InputReader::begin_array(std::size_t size) {
    note_data();
    ++depth_;
    builder_.begin_array(size);
}
void InputReader::end_array() {
    --depth_;
    builder_.end_array();
}
void InputReader::begin_record(std::size_t size) {
    if (depth_ > 0) note_data();
    ++depth_;
    builder_.begin_record(size);
}
void InputReader::key(std::string_view name) {
    if (depth_ == 1) {
        in_connection_ = name == "connection";
        in_lifecycle_ = name == "lifecycle";
        in_after_ = false;
    } else if (depth_ == 2) {
        in_after_ = name == "after";
    }
    builder_.key(name);
}
void InputReader::end_record() {
    --depth_;
    builder_.end_record();
}
void InputReader::unknown(value::ValueType type) {
    if (where() == Where::Connection) references_.connection_is_unknown = true;
    builder_.unknown(type);
}

void InputReader::instance(value::InstanceId id, std::string_view address) {
    if (where() == Where::Connection) {
        references_.connection = References::One{.id = id, .address = std::string(address)};
    } else if (where() == Where::After) {
        references_.after.push_back({.id = id, .address = std::string(address)});
    }
    builder_.instance(id, address);
}

}
