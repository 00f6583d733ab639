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

const std::string* lines_of(const std::optional<Value>& value) {
    return value && !value->is_secret() ? value->as_string() : nullptr;
}

bool spans_lines(const std::optional<Value>& value) {
    const std::string* text = lines_of(value);
    return text != nullptr && base::split_lines(*text).size() > 1;
}

bool shows_lines(const FieldChange& change) {
    return lines_of(change.before) != nullptr && lines_of(change.after) != nullptr &&
           (spans_lines(change.before) || spans_lines(change.after));
}

}

std::size_t width_of(const Terminal& terminal) {
    return terminal.is_terminal ? terminal.width : 100;
}

std::size_t width_left(const Terminal& terminal, std::size_t used) {
    const std::size_t width = width_of(terminal);
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
        const std::size_t left = width_left(terminal_, kIndent.size() + path.size() + 4);
        return fmt::format("{}{} = {}{}\n", kIndent, path, text_of(value, left), tail);
    }
    if (shows_lines(change)) {
        return fmt::format("{}{}:{}\n", kIndent, path, tail) +
               diff(*lines_of(change.before), *lines_of(change.after));
    }
    return on_a_line(change, tail);
}

std::string FieldView::on_a_line(const FieldChange& change, const std::string& tail) const {
    const std::string start = fmt::format("{}{}: ", kIndent, base::escape_controls(change.path));
    const std::size_t left = (width_left(terminal_, base::display_width(start)) - 3) / 2;
    const bool is_pair =
        change.before && change.after && !spans_lines(change.before) && !spans_lines(change.after);
    const ValuePair pair = is_pair ? value_pair(*change.before, *change.after, left, fingerprint_)
                                   : ValuePair{.before = text_of(change.before, left),
                                               .after = text_of(change.after, left)};
    const std::string text = fmt::format("{}{} → {}", start, pair.before, pair.after);
    const bool fits = base::display_width(text) + base::display_width(tail) <= width_of(terminal_);
    if (fits || tail.empty()) return fmt::format("{}{}\n", text, tail);
    return fmt::format("{}\n{}    {}\n", text, kIndent, base::trim(tail));
}

std::string FieldView::text_of(const std::optional<Value>& value, std::size_t width) const {
    if (!value) return "(not set)";
    if (!spans_lines(value)) return value_text(*value, width, fingerprint_);
    const auto all = base::split_lines(*value->as_string());
    const std::string first(base::trim(all.front()));
    return value_text(Value(first), width > 24 ? width - 14 : 10) +
           fmt::format(" … ({} lines)", all.size());
}

std::string FieldView::diff(const std::string& before, const std::string& after) const {
    std::string out;
    for (const DiffLine& at : diff_lines(before, after)) {
        const std::string text = base::truncate_to_width(base::escape_controls(at.text),
                                                         width_left(terminal_, kIndent.size() + 4));
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
