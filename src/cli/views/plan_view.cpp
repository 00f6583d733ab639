#include "cli/views/plan_view.hpp"

#include "base/text.hpp"
#include "cli/views/plan_groups.hpp"
#include "cli/views/text_diff.hpp"
#include "cli/views/value_text.hpp"

#include <fmt/core.h>

#include <algorithm>

namespace cli {
namespace {

using infra::FieldChange;
using infra::Plan;
using infra::Step;
using infra::StepAction;
using infra::Value;

constexpr std::size_t kListed = 20;   // of drift and the like, unless everything is asked for

struct Look {
    std::string_view mark;
    std::string_view title;
    Color color;
};

Look look_of(StepAction action) {
    switch (action) {
    case StepAction::Delete: return {"-", "To be deleted (this cannot be undone)", Color::Red};
    case StepAction::Replace: return {"±", "To be replaced (the old ones are lost)", Color::Magenta};
    case StepAction::MayReplace: return {"?", "May have to be replaced", Color::Magenta};
    case StepAction::Update: return {"~", "To be changed in place", Color::Yellow};
    case StepAction::Create: return {"+", "To be created", Color::Green};
    case StepAction::None: break;
    }
    return {" ", "", Color::Dim};
}

class View {
public:
    View(const Plan& plan, const infra::Planner& planner, const PlanViewOptions& options)
        : plan_(plan), planner_(planner), options_(options), terminal_(options.terminal) {}

    std::string take() {
        drift();
        steps();
        unchanged();
        frontiers();
        if (!plan_.refreshed) line("Recorded values were used: nothing was looked at (--no-refresh).");
        for (const std::string& warning : plan_.warnings) {
            line("{} {}", terminal_.paint(Color::Yellow, "warning:"), warning);
        }
        line("{}", terminal_.paint(Color::Bold, "Plan: " + summary_text(plan_.summary)));
        return std::move(out_);
    }

private:
    template <typename... T>
    void line(fmt::format_string<T...> format, T&&... values) {
        out_ += fmt::format(format, std::forward<T>(values)...);
        out_ += '\n';
    }

    std::size_t width_left(std::size_t used) const {
        if (!terminal_.is_terminal) return 100;
        return terminal_.width > used + 20 ? terminal_.width - used : 20;
    }

    void drift() {
        if (plan_.drift.empty()) return;
        line("{}", terminal_.paint(Color::Bold, "Changed outside since the last apply"));
        std::size_t shown = 0;
        for (const infra::Drift& drift : plan_.drift) {
            if (!options_.full && shown++ == kListed) {
                line("  … and {} more (--full shows all)", plan_.drift.size() - kListed);
                break;
            }
            line("  {}{}", drift.address, drift.gone ? " does not exist any more" : "");
            for (const FieldChange& change : drift.changes) field(change, "      ", false, StepAction::Update);
        }
        line("");
    }

    void steps() {
        StepAction section = StepAction::None;
        for (const StepGroup& group : group_steps(plan_, planner_, !options_.full)) {
            Look look = look_of(group.action);
            if (group.action != section) {
                if (section != StepAction::None) line("");
                section = group.action;
                line("{}", terminal_.paint(Color::Bold, look.title));
            }
            head(group, look);
            // What goes away is named; its fields are of interest only to who asks.
            if (group.action == StepAction::Delete && !options_.full) continue;
            for (const GroupChange& change : group.changes) {
                field(change.example, "      ", change.varies, group.action);
            }
        }
        if (section != StepAction::None) line("");
    }

    void head(const StepGroup& group, const Look& look) {
        std::vector<std::string_view> addresses;
        for (const Step* step : group.steps) addresses.push_back(step->address);
        std::string names = base::escape_controls(
            addresses_text(addresses, width_left(group.type.size() + group.reason.size() + 8)));
        std::string reason = group.reason == "new" ? "" : fmt::format(" — {}", group.reason);
        line("  {} {}  {}{}", terminal_.paint(look.color, look.mark), terminal_.paint(Color::Bold, names),
             terminal_.paint(Color::Dim, group.type), reason);
    }

    void field(const FieldChange& change, std::string_view indent, bool varies, StepAction action) {
        std::string path = base::escape_controls(change.path);
        std::string tail = change.forces ? terminal_.paint(Color::Magenta, "  (forces the replacement)") : "";
        if (varies) tail += terminal_.paint(Color::Dim, "  (differs in each; this is the first)");
        bool whole = action == StepAction::Create || action == StepAction::Delete;
        if (whole) {
            const auto& value = change.after ? change.after : change.before;
            line("{}{} = {}{}", indent, path, text_of(value, width_left(indent.size() + path.size() + 4)), tail);
            return;
        }
        if (shows_lines(change)) {
            line("{}{}:{}", indent, path, tail);
            lines(change, indent);
            return;
        }
        std::size_t left = width_left(indent.size() + path.size() + 6) / 2;
        line("{}{}: {} → {}{}", indent, path, text_of(change.before, left), text_of(change.after, left), tail);
    }

    static std::string text_of(const std::optional<Value>& value, std::size_t width) {
        if (!value) return "(not set)";
        const std::string* text = value->as_string();
        if (text == nullptr || value->is_secret() || text->find('\n') == std::string::npos) {
            return value_text(*value, width);
        }
        std::size_t count = base::split_lines(*text).size();
        std::string first(base::trim(base::split_lines(*text).front()));
        if (count == 1) return value_text(*value, width);
        return value_text(Value(first), width > 24 ? width - 14 : 10) + fmt::format(" … ({} lines)", count);
    }

    static const std::string* lines_of(const std::optional<Value>& value) {
        return value && !value->is_secret() ? value->as_string() : nullptr;
    }

    static bool shows_lines(const FieldChange& change) {
        const std::string* before = lines_of(change.before);
        const std::string* after = lines_of(change.after);
        if (before == nullptr || after == nullptr) return false;
        return base::split_lines(*before).size() > 1 || base::split_lines(*after).size() > 1;
    }

    void lines(const FieldChange& change, std::string_view indent) {
        for (const DiffLine& at : diff_lines(*lines_of(change.before), *lines_of(change.after))) {
            std::string text = base::truncate_to_width(base::escape_controls(at.text), width_left(indent.size() + 4));
            if (at.mark == '.') {
                line("{}  {}", indent, terminal_.paint(Color::Dim, fmt::format("… {}", base::count_of(at.left_out, "equal line"))));
            } else if (at.mark == ' ') {
                line("{}    {}", indent, text);
            } else {
                line("{}  {}", indent,
                     terminal_.paint(at.mark == '+' ? Color::Green : Color::Red, fmt::format("{} {}", at.mark, text)));
            }
        }
    }

    void unchanged() {
        if (!options_.all || plan_.unchanged.empty()) return;
        line("{}", terminal_.paint(Color::Bold, "Unchanged"));
        for (const std::string& address : plan_.unchanged) line("    {}", address);
        line("");
    }

    void frontiers() {
        for (const infra::FrontierFound& frontier : plan_.frontiers) {
            std::string place = frontier.address.empty() ? "the whole program" : frontier.address;
            line("{} {} is known only after apply; it waits for {}", terminal_.paint(Color::Cyan, "later:"), place,
                 base::join(frontier.waits_for, ", "));
        }
        std::size_t shown = 0;
        for (const infra::Held& held : plan_.held) {
            if (!options_.full && shown++ == kListed) {
                line("  … and {} more are held", plan_.held.size() - kListed);
                break;
            }
            line("{} {}: {}", terminal_.paint(Color::Cyan, "held:"), held.address, held.reason);
        }
        if (!plan_.left_out.empty()) {
            std::size_t count = options_.full ? plan_.left_out.size() : std::min(kListed, plan_.left_out.size());
            std::vector<std::string> first(plan_.left_out.begin(),
                                           plan_.left_out.begin() + static_cast<std::ptrdiff_t>(count));
            line("{} {} of resources that were not asked for: {}{}", terminal_.paint(Color::Cyan, "left out:"),
                 base::count_of(plan_.left_out.size(), "change"), base::join(first, ", "),
                 count < plan_.left_out.size() ? ", …" : "");
        }
        for (const infra::Stray& stray : plan_.strays) {
            line("{} {} {} belongs to no recorded resource", terminal_.paint(Color::Cyan, "stray:"), stray.type, stray.key);
        }
    }

    const Plan& plan_;
    const infra::Planner& planner_;
    const PlanViewOptions& options_;
    const Terminal& terminal_;
    std::string out_;
};

}

std::string plan_text(const Plan& plan, const infra::Planner& planner, const PlanViewOptions& options) {
    return View(plan, planner, options).take();
}

std::string summary_text(const infra::Summary& summary) {
    if (summary.is_empty()) return fmt::format("nothing to change ({} unchanged)", summary.unchanged);
    std::vector<std::string> parts;
    auto part = [&](std::size_t count, std::string_view verb) {
        if (count > 0) parts.push_back(fmt::format("{} to {}", base::format_count(count), verb));
    };
    part(summary.remove, "delete");
    part(summary.replace, "replace");
    part(summary.update, "change");
    part(summary.create, "create");
    if (summary.unchanged > 0) parts.push_back(fmt::format("{} unchanged", base::format_count(summary.unchanged)));
    return base::join(parts, ", ");
}

std::string addresses_text(const std::vector<std::string_view>& addresses, std::size_t width) {
    if (addresses.size() == 1) return std::string(addresses.front());
    std::string tail = fmt::format(" … {} ({})", addresses.back(), addresses.size());
    std::string out(addresses.front());
    std::size_t shown = 1;
    while (shown < addresses.size()) {
        std::string next = fmt::format("{}, {}", out, addresses[shown]);
        bool is_last = shown + 1 == addresses.size();
        std::size_t needed = base::display_width(next) + (is_last ? 5 : base::display_width(tail));
        if (needed > std::max<std::size_t>(width, 40)) break;
        out = std::move(next);
        ++shown;
    }
    if (shown == addresses.size()) return fmt::format("{} ({})", out, addresses.size());
    return out + "," + tail;
}

}
