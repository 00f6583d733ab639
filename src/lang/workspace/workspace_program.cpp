#include "lang/workspace/workspace_program.hpp"

#include "base/text.hpp"
#include "value/address.hpp"

#include <algorithm>

namespace lang {

std::unique_ptr<Program> Program::create(ProgramOptions options) {
    return std::make_unique<WorkspaceProgram>(std::move(options));
}

WorkspaceProgram::WorkspaceProgram(ProgramOptions options) : options_(std::move(options)) {
    EvaluationOptions evaluation;
    evaluation.limits = options_.limits;
    evaluation.import_paths = options_.import_paths;
    evaluation.schemas_dir = options_.schemas_dir;
    evaluation.modules = options_.modules;
    evaluation.frozen_files = options_.frozen_files;
    evaluation.stop = options_.stop;
    evaluation.library_in_parts = true;
    evaluation_ = std::make_unique<Evaluation>(std::move(evaluation));
    evaluation_->machine.cells = this;
    given_ = std::make_unique<GivenValues>(*evaluation_);
    for (const BuiltinModule& module : options_.modules) {
        for (const TypeInfo& type : module.types) {
            type_indexes_.emplace(type.name, static_cast<std::uint32_t>(types_.size()));
            types_.push_back(&type);
        }
    }
}

WorkspaceProgram::~WorkspaceProgram() = default;

std::uint32_t WorkspaceProgram::type_index(std::string_view type) const {
    auto found = type_indexes_.find(type);
    CHECK(found != type_indexes_.end());
    return found->second;
}

// ---- loading

void WorkspaceProgram::fail(value::Diagnostic diagnostic, std::string address,
                            value::InstanceId instance) {
    failed_ = true;
    explain_given(diagnostic);
    Event event;
    event.kind = Event::Kind::Error;
    event.address = std::move(address);
    event.instance = instance;
    event.error = std::move(diagnostic);
    events_.push_back(std::move(event));
}

static bool has_code(std::string_view text) {
    return std::ranges::any_of(base::split(text, '\n'), [](std::string_view line) {
        const std::string_view rest = base::trim(line);
        return !rest.empty() && !rest.starts_with('#');
    });
}

// The program, and with what is given merged over it, as words.
void WorkspaceProgram::load_program(std::vector<value::Diagnostic>& findings) {
    program_ = evaluation_->load_file(options_.main_path, ast::ImportFormat::Nickel, findings);
    if (!findings.empty()) {
        const auto read = sources();
        const auto main = read.find(options_.main_path);
        if (main != read.end() && !has_code(main->second)) {
            findings.front().notes.push_back(
                "there is nothing in it: a workspace is a record, `{ resources = { … } }`");
        }
    }
    given_->read(options_.given, findings);
    if (!findings.empty()) return;
    root_ =
        given_->empty() ? program_ : evaluation_->machine.delay_merge(program_, given_->record());
}

void WorkspaceProgram::load() {
    loaded_ = true;
    std::vector<value::Diagnostic> diagnostics;
    load_program(diagnostics);
    for (value::Diagnostic& diagnostic : diagnostics) fail(std::move(diagnostic), "");
    if (failed_ || evaluation_->is_stopped()) return;
    Work work;
    work.word = root_;
    queue(std::move(work));
}

// ---- running

Program::Event WorkspaceProgram::next() {
    SymbolScope scope(evaluation_->symbols);
    if (!loaded_) load();
    for (;;) {
        // First of all: a stopped evaluation has no findings, and what was queued is not told.
        if (evaluation_->is_stopped()) {
            Event event;
            event.kind = Event::Kind::Stopped;
            return event;
        }
        if (!events_.empty()) {
            Event event = std::move(events_.front());
            events_.pop_front();
            return event;
        }
        if (!ready_.empty()) {
            Work work = std::move(ready_.front());
            ready_.pop_front();
            run(std::move(work));
            continue;
        }
        // Before anything is called a circle, and before the outputs, which may read any cell.
        if (!postponed_.empty()) {
            Event event;
            event.kind = Event::Kind::Waiting;
            return event;
        }
        // Nothing can run, no cell is about to be set by this side, and yet somebody waits.
        if (!parked_.empty()) {
            report_deadlock();
            continue;
        }
        // Last: outputs may read any instance, and must not wait for cells in the middle of
        // planning.
        if (!outputs_told_ && outputs_.exists() && !failed_) {
            outputs_told_ = true;
            Work work;
            work.kind = Work::Kind::Outputs;
            work.word = outputs_;
            ready_.push_back(std::move(work));
            continue;
        }
        for (Instance* instance : read_unlinked_) {
            if (instance->id != Instance::kUnlinked || failed_) continue;
            fail({.kind = "EvalError::Other",
                  .message = "an output is read of a resource that is not under `resources`",
                  .labels = {{instance->record->span, "this resource", true}},
                  .notes =
                      {"put it under `resources`, so that it has an address and can be created"}},
                 "");
        }
        read_unlinked_.clear();
        if (!events_.empty()) continue;
        return Event{};
    }
}

// What led there may be told differently: by the way on which it was met.
static bool is_same_mistake(const value::Diagnostic& one, const value::Diagnostic& other) {
    const auto place = [](const value::Diagnostic& of) {
        return of.labels.empty() ? value::Label{} : of.labels.front();
    };
    return one.kind == other.kind && one.message == other.message && place(one) == place(other);
}

void WorkspaceProgram::run(Work work) {
    Machine& machine = evaluation_->machine;
    last_cell_.reset();
    last_link_ = nullptr;
    Outcome outcome;
    if (!work.task) {
        // Tasks are used again with their stacks, which have grown to what the program needs.
        if (spare_tasks_.empty()) spare_tasks_.push_back(std::make_unique<Task>());
        work.task = std::move(spare_tasks_.back());
        spare_tasks_.pop_back();
        work.task->id = next_task_++;
        bool deep = work.kind == Work::Kind::Inputs || work.kind == Work::Kind::Input ||
                    work.kind == Work::Kind::Outputs || work.kind == Work::Kind::Given ||
                    work.kind == Work::Kind::Moved;
        outcome =
            deep ? machine.start_deep(*work.task, work.word) : machine.start(*work.task, work.word);
    } else {
        outcome = machine.resume(*work.task);
    }
    if (outcome == Outcome::Stopped) return;   // next() tells it
    if (outcome == Outcome::Parked) {
        park(std::move(work));
        return;
    }
    // Before it is finished: what lies beneath it is queued by that.
    const bool is_one_less = is_of_connections(work);
    TouchedSets::Id touched = machine.touched_sets.join(work.inherited, work.task->touched);
    if (outcome == Outcome::Failed) {
        std::string address = work.kind == Work::Kind::Inputs || work.kind == Work::Kind::Input
                                  ? instances_[work.instance].address
                                  : work.address;
        if (work.kind != Work::Kind::Input) remember(work, touched);
        value::Diagnostic finding = machine.take_error();
        if (work.kind == Work::Kind::Inputs) first_findings_[work.instance] = finding;
        // The same finding would be met again by the input that has it.
        bool is_told = work.kind == Work::Kind::Input && first_findings_.contains(work.instance) &&
                       is_same_mistake(first_findings_[work.instance], finding);
        if (!is_told) fail(std::move(finding), std::move(address), work.instance);
        if (work.kind == Work::Kind::Inputs) {
            // The first finding ended it; the other inputs may have some of their own.
            auto& inputs = *as<Record>(work.word);
            for (std::uint32_t slot = 0; slot < inputs.shape->size; ++slot) {
                start_input(work.instance, inputs.slots[slot]);
            }
        }
    } else {
        work.word = work.kind == Work::Kind::Tree || work.kind == Work::Kind::Root ||
                            work.kind == Work::Kind::Declared
                        ? work.word
                        : machine.result();
        finish(work, touched);
    }
    if (is_one_less) --open_connections_;
    spare_tasks_.push_back(std::move(work.task));
}

bool WorkspaceProgram::is_of_connections(const Work& work) {
    return work.kind == Work::Kind::Root || work.kind == Work::Kind::Declared ||
           work.kind == Work::Kind::Moved ||
           (work.kind == Work::Kind::Tree && value::is_at_or_under(work.address, "connections"));
}

void WorkspaceProgram::queue(Work work) {
    if (is_of_connections(work)) ++open_connections_;
    supersede(work);
    ready_.push_back(std::move(work));
}

void WorkspaceProgram::park(Work work) {
    std::uint32_t id = work.task->id;
    if (work.task->waiting_for) {
        waiting_for_thunk_[work.task->waiting_for].push_back(id);
        // An instance that has no address yet is waited for as such; its cells are there when it
        // has.
    } else if (last_link_) {
        work.waits_for_link = last_link_;
        waiting_for_link_[last_link_].push_back(id);
    } else {
        work.waits_for = last_cell_;
        waiting_for_cell_[*last_cell_].push_back(id);
    }
    const bool was_waited_for = std::exchange(work.is_waited_for, false);
    const TouchedSets::Id inherited = work.inherited;
    const bool is_given = work.kind == Work::Kind::Given;
    parked_.emplace(id, std::move(work));
    if (is_given && was_waited_for) input_seen(inherited);
}

void WorkspaceProgram::wake(std::vector<std::uint32_t>& waiting) {
    for (std::uint32_t id : waiting) {
        auto found = parked_.find(id);
        if (found == parked_.end()) continue;
        found->second.waits_for.reset();
        found->second.waits_for_link = nullptr;
        ready_.push_back(std::move(found->second));
        parked_.erase(found);
    }
    waiting.clear();
}

void WorkspaceProgram::thunk_finished(Thunk& thunk) {
    auto found = waiting_for_thunk_.find(&thunk);
    if (found == waiting_for_thunk_.end()) return;
    wake(found->second);
    waiting_for_thunk_.erase(found);
}

void WorkspaceProgram::finish(Work& work, TouchedSets::Id touched) {
    switch (work.kind) {
        case Work::Kind::Root: finish_root(touched); break;
        case Work::Kind::Declared: finish_declared(work, touched); break;
        case Work::Kind::Given:
            if (work.is_waited_for) input_seen(work.inherited);
            break;
        case Work::Kind::Moved: finish_moved(work, touched); break;
        case Work::Kind::Tree: finish_tree(work, evaluation_->machine.result(), touched); break;
        case Work::Kind::Inputs: finish_inputs(work, touched); break;
        case Work::Kind::Input: break;
        case Work::Kind::Outputs: {
            outputs_ = work.word;
            remember(work, touched);
            Event event;
            event.kind = Event::Kind::Outputs;
            event.touched = evaluation_->machine.touched_sets.flatten(touched);
            events_.push_back(std::move(event));
            break;
        }
    }
}

}
