#include "cli/views/plan_causes.hpp"

#include "base/fs.hpp"
#include "base/text.hpp"
#include "cli/views/names.hpp"
#include "value/address.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <map>
#include <set>

namespace cli {
namespace {

using engine::Cause;
using engine::Step;
using engine::StepAction;

// A chain of causes is followed so far; the paths that are shown are shorter.
constexpr std::size_t kMaxHops = 32;
constexpr std::size_t kApart = 3;       // beginnings that are told each with its place
constexpr std::size_t kShownHops = 3;   // of a path; what lies between is counted

std::string_view happen(StepAction action) {
    switch (action) {
        case StepAction::None: return "were changed outside";
        case StepAction::Update: return "change";
        case StepAction::MayReplace: return "may be replaced";
        case StepAction::Replace: return "are replaced";
        case StepAction::Create: return "are new";
        case StepAction::Delete: return "go away";
    }
    return "";
}

// A path in which numbers, and what the step's own address has too, do not count.
// Example: "a.vm1.disk" for "a.vm1.mount", and "a.vm2.disk" for "a.vm2.mount", both become
// "*.*.disk": one reason.
std::string relative(std::string_view subject, std::string_view address) {
    const auto own = value::written_parts(address);
    std::string out;
    for (const std::string_view part : value::written_parts(subject)) {
        if (!out.empty()) out += '.';
        if (std::ranges::find(own, part) != own.end() && own.size() > 1) {
            out += '*';
            continue;
        }
        for (const char c : part) {
            const bool is_digit = c >= '0' && c <= '9';
            if (!is_digit) {
                out += c;
            } else if (!out.ends_with('#')) {
                out += '#';
            }
        }
    }
    return out;
}

}

// " (main.ncl:12)", of a function in another file " (main.ncl:12, in modules/web.ncl:4)".
std::string PlanCauses::place_text(const Cause& cause) const {
    const auto shown = [&](const value::InputPlace& place) {
        std::string_view file = place.file;
        const std::string folder = plan_.folder + "/";
        if (!plan_.folder.empty() && file.starts_with(folder)) {
            file.remove_prefix(folder.size());
        } else {
            // Of a file outside the workspace the folders would fill the line.
            file = base::file_name(file);
        }
        return fmt::format("{}:{}", file, place.line);
    };
    if (cause.kind != Cause::Kind::Edited || cause.place.line == 0) return {};
    if (cause.called_at.line == 0) return fmt::format(" ({})", shown(cause.place));
    return fmt::format(" ({}, in {})", shown(cause.called_at), shown(cause.place));
}

std::string PlanCauses::own_text(const Cause& cause) const {
    return describe(cause) + place_text(cause);
}

const Step* PlanCauses::find(std::string_view address) const {
    const auto found = std::ranges::lower_bound(plan_.steps, address, {}, &Step::address);
    return found != plan_.steps.end() && found->address == address ? &*found : nullptr;
}

// By the first cause of each step on the way.
const Cause* PlanCauses::origin(const Cause& cause, std::size_t& hops) const {
    const Cause* at = &cause;
    for (hops = 0; at->kind == Cause::Kind::Upstream && hops < kMaxHops; ++hops) {
        const Step* step = find(at->subject);
        // It is left out or blocked: then the way ends at its name.
        if (step == nullptr || step->causes.empty()) break;
        at = &step->causes.front();
    }
    return at;
}

// The way from a change upstream to where it begins.
std::string PlanCauses::tail(const Cause& cause) const {
    std::size_t hops = 0;
    const Cause* last = origin(cause, hops);
    if (hops == 0) return {};
    std::string out;
    const Cause* at = &cause;
    for (std::size_t hop = 1; hop < hops; ++hop) {
        at = &find(at->subject)->causes.front();
        if (hop < kShownHops) out += fmt::format(" ← {}", own_text(*at));
    }
    if (hops > kShownHops) {
        out += fmt::format(" ← {} between", base::count_of(hops - kShownHops, "change"));
    }
    // That it is new has been said by the one before.
    return last->kind == Cause::Kind::New ? out : out + fmt::format(" ← {}", own_text(*last));
}

std::string PlanCauses::text(const Step& step) const {
    return text(std::vector<const Step*>{&step});
}

std::string PlanCauses::text(const std::vector<const Step*>& steps) const {
    std::string out;
    for (const Cause& cause : steps.front()->causes) {
        if (cause.kind == Cause::Kind::Upstream) continue;
        if (!out.empty()) out += "; ";
        out += own_text(cause);
    }
    const std::string upstream = upstream_text(steps);
    return out.empty() || upstream.empty() ? out + upstream : out + "; " + upstream;
}

namespace {

// What reaches steps in the same way, from the same beginning.
struct Reaching {
    const Cause* first = nullptr;
    std::vector<std::string_view> subjects;
    std::vector<const Cause*> origins;
};

}

// Many that come to the same are one: sixty servers that are replaced for the same reason are told
// once, also where each has its own line of the program.
std::string PlanCauses::upstream_text(const std::vector<const Step*>& steps) const {
    std::map<std::string, Reaching> groups;
    std::vector<const Reaching*> in_order;
    const auto collect = [&](bool by_place) {
        groups.clear();
        in_order.clear();
        for (const Step* step : steps) {
            for (const Cause& cause : step->causes) {
                if (cause.kind != Cause::Kind::Upstream) continue;
                std::size_t hops = 0;
                const Cause* last = origin(cause, hops);
                const bool is_named = last->kind == Cause::Kind::Upstream;
                const std::string way = is_named   ? ""
                                        : by_place ? own_text(*last)
                                                   : describe(*last);
                auto [at, is_new] = groups.try_emplace(
                    fmt::format("{} {} {}", static_cast<int>(cause.action), hops == 0, way));
                Reaching& group = at->second;
                if (is_new) group.first = &cause;
                if (is_new) in_order.push_back(&group);
                group.subjects.emplace_back(cause.subject);
                if (hops > 0) group.origins.push_back(last);
            }
        }
    };
    collect(true);
    // Each place by itself as long as they are few; then only what they have in common.
    if (groups.size() > kApart) collect(false);
    std::string out;
    for (const Reaching* group : in_order) {
        std::vector<std::string_view> subjects = group->subjects;
        std::ranges::sort(subjects);
        subjects.erase(std::ranges::unique(subjects).begin(), subjects.end());
        if (!out.empty()) out += "; ";
        // One is told in its own words, several by what happens to all of them.
        out += subjects.size() > 1 ? fmt::format("{} {}", addresses_text(subjects, 40),
                                                 happen(group->first->action))
                                   : own_text(*group->first);
        out += tail(*group->first) + other_places(group->origins);
    }
    return out;
}

// Of beginnings that are told by the first of them.
std::string PlanCauses::other_places(const std::vector<const Cause*>& origins) const {
    std::set<std::string> places;
    for (const Cause* begun : origins) places.insert(place_text(*begun));
    // A loop of the program is one place, however many come of it.
    if (places.size() < 2) return {};
    return fmt::format(" and at {}", base::count_of(places.size() - 1, "further place"));
}

// What steps are grouped by: the same kind of cause from the same origin.
std::string PlanCauses::key(const Step& step) const {
    std::string out;
    for (const Cause& cause : step.causes) {
        out += '\n';
        if (cause.kind != Cause::Kind::Upstream) {
            out += own_text(cause);
            continue;
        }
        out += fmt::format("{}>{}{}", static_cast<int>(cause.action),
                           relative(cause.subject, step.address), root(step));
    }
    return out;
}

std::string PlanCauses::root(const Step& step) const {
    std::vector<std::string> roots;
    for (const Cause& cause : step.causes) {
        std::size_t hops = 0;
        const Cause* last = origin(cause, hops);
        // What is new is told by what it is: of its readers by its name.
        std::string text = own_text(*last);
        if (last->kind == Cause::Kind::New && hops > 0) text = "new";
        if (std::ranges::find(roots, text) == roots.end()) roots.push_back(std::move(text));
    }
    return base::join(roots, "; ");
}

}
