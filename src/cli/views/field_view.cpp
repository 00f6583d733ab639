#include "cli/views/field_view.hpp"

#include "base/text.hpp"
#include "cli/views/text_diff.hpp"
#include "cli/views/value_text.hpp"

#include <fmt/core.h>

namespace cli {
namespace {

using engine::FieldChange;
using engine::StepAction;
using value::Value;

constexpr std::string_view kIndent = "      ";

// A secret is never compared by lines: how many there are, and which differ, would tell of it.
const std::string* lines_of(const std::optional<Value>& value) {
    return value && !value->is_secret() ? value->as_string() : nullptr;
}

bool spans_lines(const std::optional<Value>& value) {
    const std::string* text = lines_of(value);
    return text != nullptr && base::split_lines(*text).size() > 1;
}

// A record or a list, whose parts can be told one by one.
bool has_parts(const std::optional<Value>& value) {
    return value && !value->is_secret() && !value->is_unknown() &&
           (value->as_record() != nullptr || value->as_array() != nullptr);
}

bool shows_lines(const FieldChange& change) {
    return lines_of(change.before) != nullptr && lines_of(change.after) != nullptr &&
           (spans_lines(change.before) || spans_lines(change.after));
}

}

Cuts cuts_of(const Terminal& terminal, bool full) {
    return full || !terminal.is_terminal ? Cuts::Nothing : Cuts::Lines;
}

// A pipe has no width; what goes into a file is read in some window later.
std::size_t width_of(const Terminal& terminal) {
    return terminal.is_terminal ? terminal.width : 100;
}

std::size_t width_left(const Terminal& terminal, std::size_t used) {
    const std::size_t width = width_of(terminal);
    // Less than that shows nothing of a value: then lines run over.
    return width > used + 20 ? width - used : 20;
}

std::string FieldView::text(const FieldChange& change, std::string_view remark,
                            StepAction action) const {
    const std::string path = base::escape_controls(change.path);
    const std::string_view force = action == StepAction::MayReplace ? "  (may force a replacement)"
                                                                    : "  (forces the replacement)";
    std::string tail = change.forces ? terminal_.paint(Color::Magenta, force) : "";
    if (!remark.empty()) tail += terminal_.paint(Color::Dim, fmt::format("  ({})", remark));
    if (action == StepAction::Create || action == StepAction::Delete) {
        // Of what is made or removed there is no "before" and "after".
        const auto& value = change.after ? change.after : change.before;
        return one_value(fmt::format("{}{}", kIndent, path), kIndent.size(), *value, tail);
    }
    // An element of a list that only moved is told as that, and not as two changes.
    if (!change.was_at.empty()) {
        const std::string start = fmt::format("{}{}: ", kIndent, path);
        const std::string from =
            fmt::format(", moved from {}", base::escape_controls(change.was_at));
        return with_tail(
            start + block(change.after, base::display_width(start), kIndent.size()) + from, tail);
    }
    if (path.ends_with(']') && (!change.before || !change.after)) return element(change, tail);
    if (shows_lines(change)) {
        return fmt::format("{}{}:{}\n", kIndent, path, tail) +
               diff(*lines_of(change.before), *lines_of(change.after));
    }
    return pair(change, tail);
}

// `start` is the indent and the path.
std::string FieldView::one_value(std::string_view start, std::size_t indent, const Value& value,
                                 const std::string& tail) const {
    const std::size_t used = base::display_width(start) + 3;
    if (!spans_lines(value))
        return with_tail(fmt::format("{} = {}", start, block(value, used, indent)), tail);
    if (is_cut()) {
        return fmt::format("{} = {}{}\n", start, text_of(value, width_left(terminal_, used + 1)),
                           tail);
    }
    std::string out = fmt::format("{}:{}\n", start, tail);
    for (const std::string_view line : base::split_lines(*value.as_string()))
        out += fmt::format("{:{}}{}\n", "", indent + 4, base::escape_controls(line));
    return out;
}

// Of a list: whole, as it is the change.
std::string FieldView::element(const FieldChange& change, const std::string& tail) const {
    const bool is_added = change.after.has_value();
    const Color color = is_added ? Color::Green : Color::Red;
    const std::string path = base::escape_controls(change.path);
    const std::string plain = fmt::format("{}{} {}", kIndent, is_added ? '+' : '-', path);
    const std::string painted =
        fmt::format("{}{} {}", kIndent, terminal_.paint(color, is_added ? "+" : "-"), path);
    std::string text =
        one_value(plain, kIndent.size() + 2, is_added ? *change.after : *change.before, tail);
    return text.replace(0, plain.size(), painted);
}

// One value and the other on a line, as far as it holds them.
std::string FieldView::pair(const FieldChange& change, const std::string& tail) const {
    if (has_parts(change.before) || has_parts(change.after)) return pair_of_blocks(change, tail);
    const std::string start = fmt::format("{}{}: ", kIndent, base::escape_controls(change.path));
    // Half of what is left for each side of the arrow.
    const std::size_t left = (width_left(terminal_, base::display_width(start)) - 3) / 2;
    const bool is_pair =
        change.before && change.after && !spans_lines(change.before) && !spans_lines(change.after);
    if (is_pair && !is_cut()) {
        const ValuePair whole = value_pair(*change.before, *change.after, SIZE_MAX, fingerprint_);
        const std::string text = fmt::format("{}{} → {}", start, whole.before, whole.after);
        // Uncut and too long for a line: one below the other, so that the eye can compare them.
        if (base::display_width(text) <= width_of(terminal_)) return with_tail(text, tail);
        return fmt::format("{}{}\n", start.substr(0, start.size() - 1), tail) +
               fmt::format("{0}    {1}\n{0}  → {2}\n", kIndent, whole.before, whole.after);
    }
    const ValuePair pair = is_pair ? value_pair(*change.before, *change.after, left, fingerprint_)
                                   : ValuePair{.before = text_of(change.before, left),
                                               .after = text_of(change.after, left)};
    return with_tail(fmt::format("{}{} → {}", start, pair.before, pair.after), tail);
}

// Each as many lines as it takes.
std::string FieldView::pair_of_blocks(const FieldChange& change, const std::string& tail) const {
    std::string text = fmt::format("{}{}: ", kIndent, base::escape_controls(change.path));
    const auto used = [&] {
        const std::size_t line = text.rfind('\n');
        return base::display_width(
            std::string_view(text).substr(line == std::string::npos ? 0 : line + 1));
    };
    text += block(change.before, used(), kIndent.size());
    text += " → ";
    text += block(change.after, used(), kIndent.size());
    return with_tail(std::move(text), tail);
}

std::string FieldView::block(const std::optional<Value>& value, std::size_t used,
                             std::size_t indent) const {
    if (!value) return "(not set)";
    if (spans_lines(value)) return text_of(value, width_left(terminal_, used));
    return value_block(
        *value, {.indent = indent, .used = used, .width = width_of(terminal_), .cuts = is_cut()},
        fingerprint_);
}

// A remark that the last line does not hold stands below it.
std::string FieldView::with_tail(std::string text, const std::string& tail) const {
    const std::size_t line = text.rfind('\n');
    const std::string_view last =
        std::string_view(text).substr(line == std::string::npos ? 0 : line + 1);
    if (tail.empty()) return text + "\n";
    const bool fits = base::display_width(last) + base::display_width(tail) <= width_of(terminal_);
    if (fits) return fmt::format("{}{}\n", text, tail);
    return fmt::format("{}\n{}    {}\n", text, kIndent, base::trim(tail));
}

std::string FieldView::text_of(const std::optional<Value>& value, std::size_t width) const {
    if (!value) return "(not set)";
    if (!spans_lines(value)) return value_text(*value, is_cut() ? width : SIZE_MAX, fingerprint_);
    if (!is_cut()) return value_text(*value, SIZE_MAX, fingerprint_);
    const auto all = base::split_lines(*value->as_string());
    const std::string first(base::trim(all.front()));
    return value_text(Value(first), width > 24 ? width - 14 : 10) +
           fmt::format(" … ({} lines)", all.size());
}

std::string FieldView::diff(const std::string& before, const std::string& after) const {
    std::string out;
    for (const DiffLine& at : diff_lines(before, after)) {
        std::string text = base::escape_controls(at.text);
        if (is_cut())
            text = base::truncate_to_width(text, width_left(terminal_, kIndent.size() + 4));
        if (at.mark == '.') {
            const std::string left_out = base::count_of(at.left_out, "equal line");
            out += fmt::format("{}  {}\n", kIndent,
                               terminal_.paint(Color::Dim, fmt::format("… {}", left_out)));
        } else if (at.mark == ' ') {
            out += fmt::format("{}    {}\n", kIndent, text);
        } else {
            const Color color = at.mark == '+' ? Color::Green : Color::Red;
            out += fmt::format("{}  {}\n", kIndent,
                               terminal_.paint(color, fmt::format("{} {}", at.mark, text)));
        }
    }
    return out;
}

}
