#include "lang/workspace/workspace_program.hpp"

#include <algorithm>

// Why nothing can run although something waits.
namespace lang {

void WorkspaceProgram::report_deadlock() {
    value::Diagnostic diagnostic;
    diagnostic.kind = "EvalError::InfiniteRecursion";
    std::string address;
    // Told first, as it has a plain reason. A real circle is looked for only then.
    for (auto& [id, work] : parked_) {
        if (!work.waits_for_link || work.waits_for_link->id != Instance::kUnlinked) continue;
        diagnostic.kind = "EvalError::Other";
        diagnostic.message = "an output is read of a resource that is not under `resources`";
        diagnostic.labels.push_back({work.waits_for_link->record->span, "this resource", true});
        diagnostic.notes.push_back(
            "put it under `resources`, so that it has an address and can be created");
        address = work.address;
        break;
    }
    if (diagnostic.message.empty()) {
        // Follow who waits for whom until one comes twice.
        // Each instance waits for one cell at a time, so following that leads into the circle, if
        // there is one.
        std::map<value::InstanceId, std::pair<std::string, value::CellId>> waits;
        for (auto& [id, work] : parked_) {
            if (work.waits_for && work.kind == Work::Kind::Inputs)
                waits.emplace(work.instance, std::pair(work.address, *work.waits_for));
        }
        std::vector<value::InstanceId> chain;
        if (!waits.empty()) {
            value::InstanceId at = waits.begin()->first;
            while (waits.contains(at) && std::ranges::find(chain, at) == chain.end()) {
                chain.push_back(at);
                at = waits.at(at).second.instance;
            }
            auto start = std::ranges::find(chain, at);
            if (start != chain.end()) chain.erase(chain.begin(), start);
        }
        diagnostic.message = "resources need each other's outputs in a circle";
        for (value::InstanceId id : chain) {
            const auto& [name, cell] = waits.at(id);
            const InstanceState& owner = instances_[cell.instance];
            diagnostic.labels.push_back({instances_[id].record->span,
                                         "`" + name + "` needs `" + owner.address + "." +
                                             types_[owner.type]->outputs[cell.output].name + "`",
                                         diagnostic.labels.empty()});
        }
        diagnostic.notes.push_back(
            "break the circle: one of them has to do without an output of the others");
        if (!chain.empty()) address = instances_[chain.front()].address;
    }
    parked_.clear();
    open_connections_ = 0;
    waiting_for_cell_.clear();
    waiting_for_link_.clear();
    waiting_for_thunk_.clear();
    fail(std::move(diagnostic), address);
}

}
