#include "cli/views/plan_steps_view.hpp"

#include "cli/views/plan_groups.hpp"
#include "cli/views/plan_lines.hpp"

#include <algorithm>

namespace cli {
namespace {

using engine::Step;
using engine::StepAction;

// Lines, not names: some addresses are long.
constexpr std::size_t kNameLines = 12;    // of what goes away, named in full
constexpr std::size_t kCountedFrom = 6;   // steps of a section whose title tells their number

struct Look {
    std::string_view mark;
    std::string_view title;
    Color color;
};

Look look_of(StepAction action, bool is_look_up) {
    if (is_look_up && action == StepAction::Delete)
        return {"-", "No longer looked up (nothing is deleted)", Color::Dim};
    if (is_look_up) return {"»", "To be looked up (nothing is made)", Color::Cyan};
    switch (action) {
        case StepAction::Delete: return {"-", "To be deleted (this cannot be undone)", Color::Red};
        case StepAction::Replace:
            return {"±", "To be replaced (the old ones are lost)", Color::Magenta};
        case StepAction::MayReplace: return {"?", "May have to be replaced", Color::Magenta};
        case StepAction::Update: return {"~", "To be changed in place", Color::Yellow};
        case StepAction::Create: return {"+", "To be created", Color::Green};
        case StepAction::None: break;
    }
    return {" ", "", Color::Dim};
}

class StepsView : private PlanLines {
public:
    using PlanLines::PlanLines;

    std::string take() {
        std::string_view section;
        const auto groups = group_steps(plan_, !options_.full);
        for (const StepGroup& group : groups) {
            const Look look = look_of(group.action, group.is_look_up);
            // Groups come sorted by what they do, so a new title is a new section.
            if (look.title != section) {
                if (!section.empty()) line("");
                section = look.title;
                title(groups, look);
            }
            head(group, look);
            detaches(group);
            costs(group);
            // What goes away is named; its fields are of interest only to who asks.
            if (group.action == StepAction::Delete && !options_.full) continue;
            for (const GroupChange& change : group.changes) {
                out_ += fields_.text(change.example,
                                     change.varies ? "differs in each; this is the first" : "",
                                     shown_as(group));
            }
        }
        if (!section.empty()) line("");
        return std::move(out_);
    }

private:
    // Of another type, nothing can be compared: the new one is told whole.
    static StepAction shown_as(const StepGroup& group) {
        const auto& causes = group.steps.front()->causes;
        const bool other = std::ranges::any_of(causes, [](const engine::Cause& cause) {
            return cause.kind == engine::Cause::Kind::TypeChanged;
        });
        return other ? StepAction::Create : group.action;
    }

    static std::string_view words_of(provider::Cost cost) {
        switch (cost) {
            case provider::Cost::PoweredOff: return "it is powered off for it";
            case provider::Cost::DiskEmptied: return "what is on its disk is lost";
            case provider::Cost::BackupsDeleted: return "its backups are deleted";
            case provider::Cost::AddressLost: return "its public address is lost";
        }
        return "";
    }

    // Of all in the group that have any.
    void costs(const StepGroup& group) {
        std::vector<provider::Cost> all;
        for (const Step* step : group.steps) {
            all.insert(all.end(), step->costs.begin(), step->costs.end());
        }
        std::ranges::sort(all);
        all.erase(std::ranges::unique(all).begin(), all.end());
        for (const provider::Cost cost : all) {
            line("      {}", terminal_.paint(Color::Yellow, words_of(cost)));
        }
    }

    // The calls that come before the change, so that what it is attached to can go away.
    void detaches(const StepGroup& group) {
        for (std::size_t i = 0; i < group.steps.front()->detaches.size(); ++i) {
            const engine::Detach& first = group.steps.front()->detaches[i];
            // A name that changes hands: the old owner gets one for a while.
            if (!first.becomes.empty()) {
                line("      {}",
                     terminal_.paint(Color::Yellow,
                                     fmt::format("{}: first \"{}\", as {} is to have \"{}\"",
                                                 first.input, first.becomes, first.taker,
                                                 first.id)));
                continue;
            }
            std::vector<std::string_view> from;
            for (const Step* step : group.steps) from.emplace_back(step->detaches[i].address);
            std::ranges::sort(from);
            from.erase(std::ranges::unique(from).begin(), from.end());
            const std::string goes = !first.taker.empty() ? taken_by(group, i)
                                     : first.may          ? "if that has to go away"
                                     : from.size() > 1    ? "which go away"
                                                          : "which goes away";
            // A name is nothing that it could be detached from.
            const std::string what = first.address.empty()
                                         ? "first given up"
                                         : "first detached from " + names_of(from, 60);
            line("      {}", terminal_.paint(Color::Yellow,
                                             fmt::format("{}: {}, {}", first.input, what, goes)));
        }
    }

    std::string taken_by(const StepGroup& group, std::size_t detach) const {
        std::vector<std::string_view> takers;
        for (const Step* step : group.steps) takers.emplace_back(step->detaches[detach].taker);
        return fmt::format("as {} {} its place", names_of(takers, 60),
                           takers.size() > 1 ? "take" : "takes");
    }

    void title(const std::vector<StepGroup>& groups, const Look& look) {
        std::size_t count = 0;
        for (const StepGroup& group : groups) {
            const bool is_in = look_of(group.action, group.is_look_up).title == look.title;
            count += is_in ? group.steps.size() : 0;
        }
        const std::string number =
            count < kCountedFrom ? "" : fmt::format(": {}", base::format_count(count));
        line("{}", terminal_.paint(Color::Bold, std::string(look.title) + number));
    }

    void head(const StepGroup& group, const Look& look) {
        std::vector<std::string_view> addresses;
        for (const Step* step : group.steps) addresses.push_back(step->address);
        std::string reason =
            // That what is created is new needs no words.
            group.reason == "new" ? "" : fmt::format(" — {}", base::escape_controls(group.reason));
        if (group.create_first) reason += ", the new one first";
        const std::size_t used = group.type.size() + 6;
        std::string all = base::escape_controls(addresses_text(addresses, SIZE_MAX / 2));
        // Names are cut where a line ends, but never for what goes away: someone may look for one
        // of them.
        const bool fits = base::display_width(all) + used <= width();
        const bool in_full =
            !fits && (is_uncut_ || (engine::removes(group.action) && !group.is_look_up));
        const std::string names = in_full ? base::count_of(addresses.size(), "resource")
                                  : fits  ? all
                                          : names_of(addresses, used);
        const std::string start = fmt::format("  {} {}  {}", look.mark, names, group.type);
        line("  {} {}  {}{}", terminal_.paint(look.color, look.mark),
             terminal_.paint(Color::Bold, names), terminal_.paint(Color::Dim, group.type),
             fits_on(start, reason) ? reason : std::string());
        if (!reason.empty() && !fits_on(start, reason)) {
            for (const std::string& part : base::wrap(reason.substr(1), width_left(6)))
                line("      {}", part);
        }
        if (in_full) all_names(addresses);
    }

    // A reason that does not fit gets lines of its own, below the names.
    bool fits_on(std::string_view start, std::string_view rest) const {
        return base::display_width(start) + base::display_width(rest) <= width();
    }

    // What goes away is not cut short: each name can be found.
    void all_names(const std::vector<std::string_view>& addresses) {
        const std::string text = base::escape_controls(base::join(name_pieces(addresses), ", "));
        const auto lines = base::wrap(text, width_left(6));
        const std::size_t shown =
            is_uncut_ || lines.size() <= kNameLines + 1 ? lines.size() : kNameLines;
        for (std::size_t i = 0; i < shown; ++i)
            line("      {}", terminal_.paint(Color::Bold, lines[i]));
        if (shown < lines.size()) {
            line("      … {} of names (--full shows all)",
                 base::count_of(lines.size() - shown, "more line"));
        }
    }
};

}

std::string steps_text(const engine::Plan& plan, const PlanViewOptions& options) {
    return StepsView(plan, options).take();
}

}
