#include "sandbox/hetzner/action_view.hpp"

namespace sandbox::hetzner {

json::Value view_action(const Project& project, const Record& action) {
    json::Object out = public_part(action);
    out.set("progress", progress_of(project, action));
    return out;
}

json::Value view_action(const Project& project, std::int64_t id) {
    const Record* action = project.find("action", id);
    return action == nullptr ? json::Value() : view_action(project, *action);
}

}
