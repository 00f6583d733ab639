#include "engine/plan/plan.hpp"

#include <fmt/core.h>

namespace engine {
namespace {

std::string_view happens(StepAction action) {
    switch (action) {
        case StepAction::None: return "was changed outside";
        case StepAction::Update: return "changes";
        case StepAction::MayReplace: return "may be replaced";
        case StepAction::Replace: return "is replaced";
        case StepAction::Create: return "is new";
        case StepAction::Delete: return "goes away";
    }
    return {};
}

}

void Summary::count(StepAction action, bool is_look_up) {
    if (is_look_up && action != StepAction::None) {
        ++(action == StepAction::Delete ? forget : look_up);
        return;
    }
    switch (action) {
        case StepAction::None: ++unchanged; break;
        case StepAction::Create: ++create; break;
        case StepAction::Update: ++update; break;
        case StepAction::MayReplace:
        case StepAction::Replace: ++replace; break;
        case StepAction::Delete: ++remove; break;
    }
}

std::string describe(const Cause& cause) {
    switch (cause.kind) {
        case Cause::Kind::New: return "new";
        case Cause::Kind::Edited: return fmt::format("`{}` changed", cause.subject);
        case Cause::Kind::Upstream:
            return fmt::format("{} {}", cause.subject, happens(cause.action));
        case Cause::Kind::Drift: return fmt::format("`{}` was changed outside", cause.subject);
        case Cause::Kind::Gone: return "it does not exist any more";
        case Cause::Kind::Removed: return "no longer in the program";
        case Cause::Kind::Incomplete: return "an earlier run did not finish it";
        case Cause::Kind::TypeChanged: return fmt::format("was a {}", cause.subject);
        case Cause::Kind::ConnectionChanged:
            return fmt::format("moves away from {}", cause.subject);
        case Cause::Kind::Superseded: return "an older one that was replaced";
        case Cause::Kind::Destroy:
            return cause.subject.empty() ? "everything is destroyed"
                                         : fmt::format("{} is destroyed", cause.subject);
    }
    return {};
}

}
