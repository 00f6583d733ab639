#include "cli/views/plan_view.hpp"

#include "base/text.hpp"
#include "cli/advice.hpp"
#include "cli/views/moves_view.hpp"
#include "cli/views/plan_groups.hpp"
#include "cli/views/plan_lines.hpp"
#include "cli/views/plan_steps_view.hpp"

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
constexpr std::size_t kTotalsFrom = 10;   // steps of a plan that ends with its causes
constexpr std::size_t kTotals = 12;

class View : private PlanLines {
public:
    using PlanLines::PlanLines;

    std::string take() {
        // In the order in which a reader asks: what happened outside, what will happen, what will
        // not, and the sum at the end, where the eye is.
        drift();
        out_ += steps_text(plan_, options_);
        // Beside the steps and not among them: no call is made, and nothing is approved for it.
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
    // One line for all that was refused in the same words.
    void unlisted() {
        std::map<std::pair<std::string_view, std::string_view>, std::vector<std::string_view>>
            alike;
        for (const engine::Unlisted& one : plan_.unlisted) {
            auto& types = alike[{one.connection->address, one.message}];
            // A type may be listed through two connections that answer alike.
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
        // By input, as all that have it are mended by the same edit.
        for (const auto& [input, addresses] : alike) {
            line("{} `{}` of {} has a secret in the arguments of a program, which others on the "
                 "machine can see: hand it over in `environment` or on its standard input",
                 terminal_.paint(Color::Yellow, "warning:"), input, names_of(addresses, 60));
        }
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
            // Of what is gone there are no fields to show; that it is gone is the news.
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
            // In few words, as they stand behind each changed field.
            case engine::Fate::Unsaid: return "";
            case engine::Fate::LeftAsIs: return "left as it is";
            case engine::Fate::Taken: return "taken as it is now";
            case engine::Fate::Ignored: return "ignored, as the program says";
            case engine::Fate::Set: return "set by this plan";
            case engine::Fate::AsWanted: return "as the program wants it now";
        }
        return "";
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
        // Counted in the last line anyway; thousands of names would hide what changes.
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
        // One cause stands above already, with all that it comes to.
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
    // What is lost comes first, however many are created.
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
