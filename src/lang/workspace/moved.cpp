#include "lang/workspace/workspace_program.hpp"
#include "value/builder.hpp"

// What a program declares under `moved`: resources that have another address than they had.
namespace lang {

const std::vector<value::AddressMove>& WorkspaceProgram::moved() {
    SymbolScope scope(evaluation_->symbols);
    if (!loaded_) load();
    while (!is_opened_ && !ready_.empty() && events_.empty() && !evaluation_->is_stopped()) {
        Work work = std::move(ready_.front());
        ready_.pop_front();
        run(std::move(work));
    }
    return moved_;
}

void WorkspaceProgram::open_moved(TouchedSets::Id touched) {
    Machine& machine = evaluation_->machine;
    const std::uint32_t slot = whole_->shape->find(Symbol::of(kMoved));
    if (slot == Shape::kAbsent || !machine.has_value(*whole_, slot)) return open_branches(touched);
    Work work;
    work.kind = Work::Kind::Moved;
    work.address = kMoved;
    work.word = machine.field(*whole_, slot);
    work.inherited = touched;
    if (whole_->fields != nullptr) work.where = whole_->fields[slot].span;
    queue(std::move(work));
}

// An address as it is written there; none: it is no text, or no address.
static std::optional<std::string> address_in(const value::Value& item, std::string_view name) {
    const value::Value* field = item.find(name);
    if (field == nullptr || field->as_string() == nullptr) return std::nullopt;
    auto address = value::normal_address(*field->as_string());
    if (!address.ok()) return std::nullopt;
    return std::move(address).value();
}

void WorkspaceProgram::finish_moved(const Work& work, TouchedSets::Id touched) {
    value::ValueBuilder builder;
    emit(work.word, builder);
    const auto taken = builder.take();
    const auto refuse = [&](std::string message) {
        fail({.kind = "EvalError::Other",
              .message = std::move(message),
              .labels = {{work.where, "", true}},
              .notes = {"write `moved = [{ from = \"web\", to = \"site.web\" }]`: addresses, as "
                        "plans show them"}},
             "");
    };
    const value::Value::Array* items = taken.ok() ? taken->as_array() : nullptr;
    if (items == nullptr) return refuse("`moved` is no list of moves");
    for (const value::Value& item : *items) {
        const auto from = address_in(item, "from");
        const auto to = address_in(item, "to");
        const bool is_whole = from && to && item.as_record()->size() == 2;
        if (!is_whole) return refuse("an item of `moved` has not two addresses, `from` and `to`");
        if (value::is_at_or_under(*from, *to) || value::is_at_or_under(*to, *from)) {
            return refuse("`moved` cannot move " + *from + " to " + *to +
                          ", which is within the other");
        }
        moved_.push_back({.from = *from, .to = *to});
    }
    open_branches(touched);
}

}
