#include "cli/views/plan_causes.hpp"

#include "base/fs.hpp"
#include "base/text.hpp"
#include "cli/views/names.hpp"
#include "value/address.hpp"

#include <fmt/core.h>

#include <algorithm>

namespace cli {
namespace {

using engine::Cause;
using engine::Step;
using engine::StepAction;

// A chain of causes is followed so far; the paths that are shown are shorter.
constexpr std::size_t kMaxHops = 32;
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

std::string own_text(const Cause& cause) {
    std::string out = describe(cause);
    if (cause.kind == Cause::Kind::Edited && cause.place.line > 0) {
        out += fmt::format(" ({}:{})", base::file_name(cause.place.file), cause.place.line);
    }
    return out;
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

const Step* PlanCauses::find(std::string_view address) const {
    const auto found = std::ranges::lower_bound(plan_.steps, address, {}, &Step::address);
    return found != plan_.steps.end() && found->address == address ? &*found : nullptr;
}

// By the first cause of each step on the way.
const Cause* PlanCauses::origin(const Cause& cause, std::size_t& hops) const {
    const Cause* at = &cause;
    for (hops = 0; at->kind == Cause::Kind::Upstream && hops < kMaxHops; ++hops) {
        const Step* step = find(at->subject);
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
    std::string out;
    for (const Cause& cause : step.causes) {
        if (!out.empty()) out += "; ";
        out += own_text(cause) + tail(cause);
    }
    return out;
}

std::string PlanCauses::text(const std::vector<const Step*>& steps) const {
    const Step& first = *steps.front();
    std::string out;
    for (std::size_t i = 0; i < first.causes.size(); ++i) {
        if (!out.empty()) out += "; ";
        std::vector<std::string_view> subjects;
        for (const Step* step : steps) subjects.emplace_back(step->causes[i].subject);
        std::ranges::sort(subjects);
        subjects.erase(std::ranges::unique(subjects).begin(), subjects.end());
        const Cause& cause = first.causes[i];
        if (cause.kind == Cause::Kind::Upstream && subjects.size() > 1) {
            out += fmt::format("{} {}", addresses_text(subjects, 40), happen(cause.action));
        } else {
            out += own_text(cause);
        }
        out += tail(cause);
    }
    return out;
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
