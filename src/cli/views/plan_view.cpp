#include "cli/views/plan_view.hpp"

#include "base/text.hpp"
#include "cli/advice.hpp"
#include "cli/views/field_view.hpp"
#include "cli/views/moves_view.hpp"
#include "cli/views/names.hpp"
#include "cli/views/plan_groups.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <map>

namespace cli {
namespace {

using engine::Plan;
using engine::Step;
using engine::StepAction;

// Unless everything is asked for:
constexpr std::size_t kListed = 20;       // groups of drift, of what is blocked
constexpr std::size_t kNameLines = 12;    // of what goes away, named in full
constexpr std::size_t kCountedFrom = 6;   // steps of a section whose title tells their number
constexpr std::size_t kTotalsFrom = 10;   // steps of a plan that ends with its causes
constexpr std::size_t kTotals = 12;

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

class View {
public:
    View(const Plan& plan, const PlanViewOptions& options)
        : plan_(plan), options_(options), terminal_(options.terminal),
          is_uncut_(cuts_of(options.terminal, options.full) == Cuts::Nothing),
          fields_(options.terminal, options.fingerprint, cuts_of(options.terminal, options.full)) {}

    std::string take() {
        // In the order in which a reader asks: what happened outside, what will happen, what will
        // not, and the sum at the end, where the eye is.
        drift();
        steps();
        record_changes();
        unchanged();
        deferred();
        if (!plan_.refreshed)
            line("Recorded values were used: nothing was looked at (--no-refresh).");
        unlisted();
        exposed();
        totals();
        line("{}", terminal_.paint(
                       loses(plan_.summary) ? Color::Red : Color::Bold,
                       (options_.place.empty() ? "Plan: " : "Plan for " + options_.place + ": ") +
                           summary_text(plan_.summary) + blocked_count()));
        return std::move(out_);
    }

private:
    template <typename... T>
    void line(fmt::format_string<T...> format, T&&... values) {
        out_ += fmt::format(format, std::forward<T>(values)...);
        out_ += '\n';
    }

    // One line for all that was refused in the same words.
    void unlisted() {
        std::map<std::pair<std::string_view, std::string_view>, std::vector<std::string_view>>
            alike;
        for (const engine::Unlisted& one : plan_.unlisted) {
            auto& types = alike[{one.connection->address, one.message}];
            if (std::ranges::find(types, one.type) == types.end()) types.emplace_back(one.type);
        }
        for (const auto& [said, types] : alike) {
            line("{} {} could not list {}: {}", terminal_.paint(Color::Yellow, "warning:"),
                 base::escape_controls(said.first), addresses_text(types, width_left(40)),
                 base::escape_controls(said.second));
        }
    }

    void exposed() {
        std::map<std::string_view, std::vector<std::string_view>> alike;   // addresses by input
        for (const Step& step : plan_.steps) {
            for (const std::string& input : step.exposed) alike[input].push_back(step.address);
        }
        for (const auto& [input, addresses] : alike) {
            line("{} `{}` of {} has a secret in the arguments of a program, which others on the "
                 "machine can see: hand it over in `environment` or on its standard input",
                 terminal_.paint(Color::Yellow, "warning:"), input, names_of(addresses, 60));
        }
    }

    std::size_t width() const { return width_of(terminal_); }
    std::size_t width_left(std::size_t used) const { return cli::width_left(terminal_, used); }

    std::string names_of(const std::vector<std::string_view>& addresses, std::size_t used) const {
        const std::size_t width = is_uncut_ ? SIZE_MAX / 2 : width_left(used);
        return base::escape_controls(addresses_text(addresses, width));
    }

    void drift() {
        if (plan_.drift.empty()) return;
        line("{}", terminal_.paint(Color::Bold, "Changed outside since the last apply"));
        const auto groups = group_drift(plan_, !options_.full);
        std::size_t shown = 0;
        for (const DriftGroup& group : groups) {
            if (!is_uncut_ && shown++ == kListed) {
                line("  … and {} more (--full shows all)", groups.size() - kListed);
                break;
            }
            const engine::Drift& first = *group.drifts.front();
            std::vector<std::string_view> addresses;
            for (const engine::Drift* drift : group.drifts) addresses.emplace_back(drift->address);
            std::string_view gone = "";
            if (first.gone)
                gone = addresses.size() > 1 ? " do not exist any more" : " does not exist any more";
            line("  {}{}", names_of(addresses, 26), gone);
            for (std::size_t i = 0; i < first.changes.size(); ++i) {
                out_ +=
                    fields_.text(first.changes[i], words_of(first.fates[i]), StepAction::Update);
            }
        }
        line("");
    }

    static std::string_view words_of(engine::Fate fate) {
        switch (fate) {
            case engine::Fate::Unsaid: return "";
            case engine::Fate::LeftAsIs: return "left as it is";
            case engine::Fate::Taken: return "taken as it is now";
            case engine::Fate::Ignored: return "ignored, as the program says";
            case engine::Fate::Set: return "set by this plan";
            case engine::Fate::AsWanted: return "as the program wants it now";
        }
        return "";
    }

    void steps() {
        std::string_view section;
        const auto groups = group_steps(plan_, !options_.full);
        for (const StepGroup& group : groups) {
            const Look look = look_of(group.action, group.is_look_up);
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
    }

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
            group.reason == "new" ? "" : fmt::format(" — {}", base::escape_controls(group.reason));
        if (group.create_first) reason += ", the new one first";
        const std::size_t used = group.type.size() + 6;
        std::string all = base::escape_controls(addresses_text(addresses, SIZE_MAX / 2));
        // Names are cut where a line ends, but never for what goes away: someone may look for one
        // of them.
        const bool fits = base::display_width(all) + used <= width();
        const bool in_full = !fits && (is_uncut_ || engine::removes(group.action) && !group.is_look_up);
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

    void record_changes() {
        if (plan_.record_changes.empty()) return;
        line("{}", terminal_.paint(Color::Bold, "To be recorded (nothing is called for it)"));
        for (const engine::RecordChange& one : plan_.record_changes) {
            line("  {} {}  {}", terminal_.paint(Color::Yellow, "="),
                 terminal_.paint(Color::Bold, base::escape_controls(one.address)),
                 terminal_.paint(Color::Dim, one.type));
            for (const engine::FieldChange& change : one.changes)
                out_ += fields_.text(change, "", StepAction::Update);
        }
        line("");
    }

    void unchanged() {
        if (!options_.all || plan_.unchanged.empty()) return;
        line("{}", terminal_.paint(Color::Bold, "Unchanged"));
        for (const std::string& address : plan_.unchanged) line("    {}", address);
        line("");
    }

    void deferred() {
        for (const engine::Deferral& deferral : plan_.deferred) {
            std::string place = deferral.address.empty() ? "the whole program" : deferral.address;
            line("{} {} is known only after apply; it waits for {}",
                 terminal_.paint(Color::Cyan, "deferred:"), place,
                 base::join(deferral.waits_for, ", "));
        }
        blocked();
        out_ += moves_text(plan_, terminal_);
        if (!plan_.left_out.empty()) {
            const std::vector<std::string_view> addresses(plan_.left_out.begin(),
                                                          plan_.left_out.end());
            line("{} {} of resources that were not asked for: {}",
                 terminal_.paint(Color::Cyan, "left out:"),
                 base::count_of(plan_.left_out.size(), "change"), names_of(addresses, 54));
        }
        for (const engine::Orphan& orphan : plan_.orphans) {
            line("{} {} {}, made for {}, is not recorded", terminal_.paint(Color::Cyan, "orphan:"),
                 orphan.type, orphan.key,
                 orphan.address.empty() ? "nobody knows what" : orphan.address);
        }
        if (!plan_.orphans.empty()) {
            line("{} `provisioning state adopt` records {}, and the next plan says what becomes of "
                 "{}; `provisioning apply --adopt ADDRESS` does both at once",
                 terminal_.paint(Color::Cyan, " help:"), plan_.orphans.size() == 1 ? "it" : "them",
                 plan_.orphans.size() == 1 ? "it" : "them");
        }
    }

    // What is blocked for one reason is told in one line.
    void blocked() {
        std::vector<std::pair<std::string, std::vector<std::string_view>>> groups;
        for (const engine::Blocked& blocked : plan_.blocked) {
            std::string reason = blocked.reason;
            if (blocked.by_orphan)
                reason += "; " + cli::words_of(base::Advice{.next = base::Next::AdoptOrphans});
            auto alike =
                std::ranges::find(groups, reason, [](const auto& group) { return group.first; });
            if (alike != groups.end() && !options_.full) {
                alike->second.emplace_back(blocked.address);
            } else {
                groups.push_back({std::move(reason), {blocked.address}});
            }
        }
        std::size_t shown = 0;
        for (const auto& [reason, addresses] : groups) {
            if (!is_uncut_ && shown++ == kListed) {
                line("  … and {} more are blocked", groups.size() - kListed);
                break;
            }
            line("{} {}: {}", terminal_.paint(Color::Cyan, "blocked:"),
                 names_of(addresses, reason.size() + 8), base::escape_controls(reason));
        }
    }

    // A long plan ends, where the eye is, with what each of its causes comes to.
    void totals() {
        if (plan_.steps.size() < kTotalsFrom) return;
        const auto causes = cause_totals(plan_);
        if (causes.size() < 2) return;
        line("{}", terminal_.paint(Color::Bold, "By cause"));
        std::size_t shown = 0;
        for (const CauseTotal& cause : causes) {
            if (shown++ == kTotals && !is_uncut_) {
                line("  … and {}", base::count_of(causes.size() - kTotals, "further cause"));
                break;
            }
            const std::string summary = summary_text(cause.summary);
            const std::string root = base::escape_controls(cause.root);
            line("  {}: {}",
                 is_uncut_ ? root : base::truncate_to_width(root, width_left(summary.size() + 4)),
                 loses(cause.summary) ? terminal_.paint(Color::Red, summary) : summary);
        }
        line("");
    }

    std::string blocked_count() const {
        return plan_.blocked.empty()
                   ? ""
                   : fmt::format(", {} blocked", base::format_count(plan_.blocked.size()));
    }

    static bool loses(const engine::Summary& summary) {
        return summary.remove + summary.replace > 0;
    }

    const Plan& plan_;
    const PlanViewOptions& options_;
    const Terminal& terminal_;
    const bool is_uncut_;   // nothing is left out of a list, nor of a value
    FieldView fields_;
    std::string out_;
};

}

std::string plan_text(const Plan& plan, const PlanViewOptions& options) {
    return View(plan, options).take();
}

std::string summary_text(const engine::Summary& summary) {
    if (summary.is_empty() && summary.record == 0)
        return fmt::format("nothing to change ({} unchanged)", summary.unchanged);
    std::vector<std::string> parts;
    auto part = [&](std::size_t count, std::string_view verb) {
        if (count > 0) parts.push_back(fmt::format("{} to {}", base::format_count(count), verb));
    };
    part(summary.remove, "delete");
    part(summary.replace, "replace");
    part(summary.update, "change");
    part(summary.create, "create");
    part(summary.look_up, "look up");
    part(summary.forget, "forget");
    part(summary.record, "record");
    if (summary.unchanged > 0)
        parts.push_back(fmt::format("{} unchanged", base::format_count(summary.unchanged)));
    return base::join(parts, ", ");
}

}
