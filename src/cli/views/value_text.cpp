#include "cli/views/value_text.hpp"

#include "base/text.hpp"

#include <algorithm>

namespace cli {
namespace {

using value::Value;

// Enough to tell two secrets of a plan apart.
constexpr std::size_t kFingerprintShown = 8;
constexpr std::size_t kBeforeDifference = 12;   // columns of what is equal, for orientation

class Writer {
public:
    Writer(std::size_t enough, const value::Fingerprint& fingerprint)
        : enough_(enough), fingerprint_(fingerprint) {}
    void append(const Value& value);
    std::string take() { return std::move(out_); }

private:
    void append_record(const Value::Record& members);
    void append_array(const Value::Array& items);
    void append_secret(const Value& value);

    std::string out_;
    std::size_t enough_;   // no parts are added once the text is this long
    const value::Fingerprint& fingerprint_;
};

// What needs no quotes in a program needs none here.
bool is_plain(std::string_view name) {
    auto fits = [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
               c == '_' || c == '-';
    };
    return !name.empty() && std::all_of(name.begin(), name.end(), fits) &&
           !(name[0] >= '0' && name[0] <= '9');
}

void Writer::append_record(const Value::Record& members) {
    out_ += members.empty() ? "{}" : "{ ";
    // Stops when there is enough to fill a line, so a value of a megabyte costs nothing.
    for (std::size_t i = 0; i < members.size() && out_.size() < enough_; ++i) {
        if (i > 0) out_ += ", ";
        out_ += is_plain(members[i].first) ? members[i].first : base::quote_json(members[i].first);
        out_ += " = ";
        append(members[i].second);
    }
    if (!members.empty()) out_ += " }";
}

void Writer::append_array(const Value::Array& items) {
    out_ += '[';
    for (std::size_t i = 0; i < items.size() && out_.size() < enough_; ++i) {
        if (i > 0) out_ += ", ";
        append(items[i]);
    }
    out_ += ']';
}

// The fingerprint tells whether two secrets are the same, and only with the state's key can it be
// made.
void Writer::append_secret(const Value& value) {
    const std::string name = fingerprint_ && !value.has_unknown()
                                 ? fingerprint_(value).substr(0, kFingerprintShown)
                                 : std::string();
    out_ += name.empty() ? "(secret)" : "(secret " + name + ")";
}

void Writer::append(const Value& value) {
    // Before anything else: a secret record shows neither its members nor how many there are.
    if (value.is_secret()) {
        append_secret(value);
    } else if (value.is_unknown()) {
        out_ += "(known after apply)";
    } else if (value.is_null()) {
        out_ += "null";
    } else if (const bool* flag = value.as_bool()) {
        out_ += *flag ? "true" : "false";
    } else if (const std::int64_t* number = value.as_integer()) {
        out_ += std::to_string(*number);
    } else if (const value::Rational* rational = value.as_rational()) {
        out_ += rational->to_string();
    } else if (const std::string* text = value.as_string()) {
        // Quoted as in a program, which also makes control characters visible.
        out_ += base::quote_json(std::string_view(*text).substr(0, enough_));
    } else if (const Value::Array* items = value.as_array()) {
        append_array(*items);
    } else if (const Value::Record* members = value.as_record()) {
        append_record(*members);
    }
}

// Where the texts begin to differ, moved back to the beginning of a character.
std::size_t first_difference(std::string_view a, std::string_view b) {
    const std::size_t shorter = std::min(a.size(), b.size());
    std::size_t at = 0;
    while (at < shorter && a[at] == b[at]) ++at;
    auto is_inside = [](std::string_view text, std::size_t place) {
        return place < text.size() && (static_cast<unsigned char>(text[place]) & 0xC0U) == 0x80U;
    };
    while (at > 0 && (is_inside(a, at) || is_inside(b, at))) --at;
    return at;
}

}

std::string value_text(const Value& value, std::size_t width,
                       const value::Fingerprint& fingerprint) {
    // Four bytes for each column: UTF-8 has no longer characters.
    Writer writer(width == SIZE_MAX ? SIZE_MAX : width * 4, fingerprint);
    writer.append(value);
    std::string out = writer.take();
    return width == SIZE_MAX ? out : base::truncate_to_width(out, width);
}

namespace {

std::string field_start(const std::string& name) {
    return (is_plain(name) ? name : base::quote_json(name)) + " = ";
}

}

std::string value_block(const Value& value, const BlockLayout& layout,
                        const value::Fingerprint& fingerprint) {
    constexpr std::size_t kStep = 2;
    const std::size_t left =
        layout.width > layout.used + 10 ? layout.width - layout.used : std::size_t{10};
    // A little more than the line holds tells that it does not hold it.
    const std::string on_a_line = value_text(value, left + 1, fingerprint);
    if (base::display_width(on_a_line) <= left) return on_a_line;
    // A secret or unknown value has parts that must not, or cannot, be shown.
    const bool is_leaf = value.is_secret() || value.is_unknown();
    const Value::Record* members = is_leaf ? nullptr : value.as_record();
    const Value::Array* items = is_leaf ? nullptr : value.as_array();
    if (members == nullptr && items == nullptr) {
        return value_text(value, layout.cuts ? left : SIZE_MAX, fingerprint);
    }
    const std::string indent(layout.indent + kStep, ' ');
    std::string out = members != nullptr ? "{\n" : "[\n";
    const auto add = [&](const std::string& start, const Value& part) {
        BlockLayout inner = layout;
        inner.indent = layout.indent + kStep;
        inner.used = inner.indent + base::display_width(start) + 1;   // and the comma
        out += indent + start + value_block(part, inner, fingerprint) + ",\n";
    };
    if (members != nullptr) {
        for (const auto& [name, part] : *members) add(field_start(name), part);
    } else {
        for (const Value& part : *items) add("", part);
    }
    return out + std::string(layout.indent, ' ') + (members != nullptr ? "}" : "]");
}

ValuePair value_pair(const Value& before, const Value& after, std::size_t width,
                     const value::Fingerprint& fingerprint) {
    ValuePair out{.before = value_text(before, SIZE_MAX, fingerprint),
                  .after = value_text(after, SIZE_MAX, fingerprint)};
    const bool fits =
        base::display_width(out.before) <= width && base::display_width(out.after) <= width;
    if (!fits) {
        std::size_t from = first_difference(out.before, out.after);
        // A little of what is equal stays, so that one sees where in the value it is.
        from = from > kBeforeDifference ? from - kBeforeDifference : 0;
        while (from > 0 && (static_cast<unsigned char>(out.before[from]) & 0xC0U) == 0x80U) --from;
        // Only when the difference would be cut off.
        // "… beginning of the difference": otherwise two long texts would be cut to the same line.
        if (from + 2 * kBeforeDifference > width) {
            out.before.replace(0, from, "…");
            out.after.replace(0, from, "…");
        }
    }
    out.before = base::truncate_to_width(out.before, width);
    out.after = base::truncate_to_width(out.after, width);
    return out;
}

}
