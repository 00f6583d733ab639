#include "lang/workspace_program.hpp"

#include "lang/diag/render_json.hpp"
#include "lang/diag/render_text.hpp"
#include "lang/eval/numbers.hpp"

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
    evaluation_ = std::make_unique<Evaluation>(std::move(evaluation));
    evaluation_->machine.cells = this;
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

void WorkspaceProgram::fail(Diagnostic diagnostic, std::string address, InstanceId instance) {
    failed_ = true;
    Event event;
    event.kind = Event::Kind::Error;
    event.address = std::move(address);
    event.instance = instance;
    event.error = std::move(diagnostic);
    events_.push_back(std::move(event));
}

// The program, with `--set a.b=EXPR` merged over it, as a word.
void WorkspaceProgram::load() {
    loaded_ = true;
    std::vector<Diagnostic> diagnostics;
    root_ = evaluation_->load_file(options_.main_path, ast::ImportFormat::Nickel, diagnostics);
    for (const std::string& setting : options_.settings) {
        std::size_t equals = setting.find('=');
        if (equals == std::string::npos) {
            diagnostics.push_back(
                {.kind = "ParseError::ParseError",
                 .message = "a setting must be PATH=EXPR, but is `" + setting + "`"});
            continue;
        }
        std::string text =
            "{ " + setting.substr(0, equals) + " = " + setting.substr(equals + 1) + " }";
        Word word = evaluation_->load_text("<--set>", std::move(text), ast::ImportFormat::Nickel,
                                           diagnostics);
        if (word.exists() && root_.exists()) root_ = evaluation_->machine.delay_merge(root_, word);
    }
    for (Diagnostic& diagnostic : diagnostics) fail(std::move(diagnostic), "");
    if (failed_) return;
    Work work;
    work.word = root_;
    ready_.push_back(std::move(work));
}

// ---- running

Program::Event WorkspaceProgram::next() {
    if (!loaded_) load();
    for (;;) {
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
        if (!parked_.empty()) {
            report_deadlock();
            continue;
        }
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

void WorkspaceProgram::run(Work work) {
    Machine& machine = evaluation_->machine;
    last_cell_.reset();
    last_link_ = nullptr;
    Outcome outcome;
    if (!work.task) {
        if (spare_tasks_.empty()) spare_tasks_.push_back(std::make_unique<Task>());
        work.task = std::move(spare_tasks_.back());
        spare_tasks_.pop_back();
        work.task->id = next_task_++;
        bool deep = work.kind == Work::Kind::Inputs || work.kind == Work::Kind::Outputs;
        outcome =
            deep ? machine.start_deep(*work.task, work.word) : machine.start(*work.task, work.word);
    } else {
        outcome = machine.resume(*work.task);
    }
    if (outcome == Outcome::Parked) {
        park(std::move(work));
        return;
    }
    TouchedSets::Id touched = machine.touched_sets.join(work.inherited, work.task->touched);
    if (outcome == Outcome::Failed) {
        std::string address =
            work.kind == Work::Kind::Inputs ? instances_[work.instance].address : work.address;
        remember(work, touched);
        fail(machine.take_error(), std::move(address), work.instance);
    } else {
        work.word = work.kind == Work::Kind::Spine || work.kind == Work::Kind::Root
                        ? work.word
                        : machine.result();
        finish(work, touched);
    }
    spare_tasks_.push_back(std::move(work.task));
}

void WorkspaceProgram::park(Work work) {
    std::uint32_t id = work.task->id;
    if (work.task->waiting_for) {
        waiting_for_thunk_[work.task->waiting_for].push_back(id);
    } else if (last_link_) {
        work.waits_for_link = last_link_;
        waiting_for_link_[last_link_].push_back(id);
    } else {
        work.waits_for = last_cell_;
        waiting_for_cell_[*last_cell_].push_back(id);
    }
    parked_.emplace(id, std::move(work));
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
        case Work::Kind::Spine: finish_spine(work, evaluation_->machine.result(), touched); break;
        case Work::Kind::Inputs: finish_inputs(work, touched); break;
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

void WorkspaceProgram::finish_root(TouchedSets::Id touched) {
    Machine& machine = evaluation_->machine;
    Word value = machine.result();
    if (!is(value, Tag::Record)) {
        fail({.kind = "EvalError::Other",
              .message =
                  "a workspace must be a record, but this program is " + machine.describe(value),
              .notes = {"write `{ resources = { … } }`"}},
             "");
        return;
    }
    auto& record = *as<Record>(value);
    auto branch = [&](std::string_view name, std::string address) {
        std::uint32_t slot = record.shape->find(Symbol::of(name));
        if (slot == Shape::kAbsent || !machine.has_value(record, slot)) return;
        Work work;
        work.kind = Work::Kind::Spine;
        work.address = std::move(address);
        work.word = machine.field(record, slot);
        work.inherited = touched;
        if (record.fields) work.where = record.fields[slot].span;
        ready_.push_back(std::move(work));
    };
    branch("connections", "connections");
    branch("resources", "");
    std::uint32_t slot = record.shape->find(Symbol::of("outputs"));
    if (slot != Shape::kAbsent && machine.has_value(record, slot))
        outputs_ = machine.field(record, slot);
}

// ---- the spine

void WorkspaceProgram::finish_spine(Work& work, Word value, TouchedSets::Id touched) {
    Machine& machine = evaluation_->machine;
    remember(work, touched);
    auto frontier = [&] {
        Event event;
        event.kind = Event::Kind::Frontier;
        event.address = work.address;
        event.touched = machine.touched_sets.flatten(touched);
        events_.push_back(std::move(event));
    };
    if (is(value, Tag::Unknown)) return frontier();
    if (!is(value, Tag::Record)) {
        std::string address = work.address.empty() ? "resources" : work.address;
        fail({.kind = "EvalError::Other",
              .message = "`" + address + "` is " + machine.describe(value) +
                         ", but only resources and groups of them may stand here",
              .labels = {{work.where, "", true}},
              .notes = {"a resource is a record with a type, such as `| local.File`; is an "
                        "annotation missing?"}},
             work.address);
        return;
    }
    auto& record = *as<Record>(value);
    if (record.extension && record.extension->instance) return link(work, record, touched);
    for (std::uint32_t slot : record.shape->sorted_slots()) {
        if (machine.is_empty_optional(record, slot)) continue;
        Word word = machine.field(record, slot);
        std::string name(record.shape->symbols[slot].text());
        Work child;
        child.kind = Work::Kind::Spine;
        child.address = work.address.empty() ? name : work.address + "." + name;
        child.inherited = touched;
        child.where = record.fields && record.fields[slot].span.exists() ? record.fields[slot].span
                                                                         : record.span;
        if (!word.exists()) {
            fail({.kind = "EvalError::MissingFieldDef",
                  .message = "the field `" + name + "` has no value",
                  .labels = {{child.where, "declared here", true}},
                  .expectation = {{"field", name}}},
                 child.address);
            continue;
        }
        child.word = word;
        ready_.push_back(std::move(child));
    }
    if (record.flags & Record::kUnknownNames) frontier();
}

void WorkspaceProgram::link(Work& work, Record& record, TouchedSets::Id touched) {
    Instance& instance = *record.extension->instance;
    if (instance.id != Instance::kUnlinked && instances_[instance.id].address != work.address) {
        const InstanceState& other = instances_[instance.id];
        fail({.kind = "EvalError::Other",
              .message = "one resource stands at two addresses: `" + other.address + "` and `" +
                         work.address + "`",
              .labels = {{work.where, "the second", true}, {record.span, "the resource", false}},
              .notes = {"make it by a function, or annotate the two fields, so that each is a "
                        "resource of its own"}},
             work.address);
        return;
    }
    auto [entry, fresh] =
        by_address_.try_emplace(work.address, static_cast<InstanceId>(instances_.size()));
    if (fresh) {
        InstanceState state;
        state.address = work.address;
        state.type = instance.type;
        state.cells.resize(types_[instance.type]->outputs.size());
        if (options_.all_unknown) {
            for (Cell& cell : state.cells) cell.state = Cell::State::Unknown;
        }
        instances_.push_back(std::move(state));
    }
    InstanceId id = entry->second;
    InstanceState& state = instances_[id];
    instance.id = id;
    bool same = state.record == &record;
    state.record = &record;
    state.type = instance.type;
    state.spine = touched;
    if (auto waiting = waiting_for_link_.find(&instance); waiting != waiting_for_link_.end()) {
        wake(waiting->second);
        waiting_for_link_.erase(waiting);
    }
    if (!same) start_inputs(id);
}

// The inputs as a plain record: outputs are left out, as they would wait for this very instance.
void WorkspaceProgram::start_inputs(InstanceId id) {
    Machine& machine = evaluation_->machine;
    InstanceState& state = instances_[id];
    Record& record = *state.record;
    std::vector<Symbol> names;
    std::vector<Word> words;
    for (std::uint32_t slot = 0; slot < record.shape->size; ++slot) {
        if (record.fields && record.fields[slot].method == Method::Output) continue;
        if (machine.is_empty_optional(record, slot)) continue;
        Word word = machine.field(record, slot);
        if (!word.exists()) {
            std::string name(record.shape->symbols[slot].text());
            fail({.kind = "EvalError::MissingFieldDef",
                  .message = "the input `" + name + "` of `" + state.address + "` has no value",
                  .labels = {{record.span, "this " + std::string(types_[state.type]->name), true}},
                  .expectation = {{"field", name}}},
                 state.address, id);
            return;
        }
        names.push_back(record.shape->symbols[slot]);
        words.push_back(word);
    }
    Record* inputs = machine.make_record(machine.shapes.intern(names));
    std::ranges::copy(words, inputs->slots);
    inputs->span = record.span;
    Work work;
    work.kind = Work::Kind::Inputs;
    work.address = state.address;
    work.instance = id;
    work.word = Word::of(inputs);
    work.inherited = state.spine;
    ready_.push_back(std::move(work));
}

void WorkspaceProgram::finish_inputs(Work& work, TouchedSets::Id touched) {
    InstanceState& state = instances_[work.instance];
    state.inputs = work.word;
    state.touched = touched;
    remember(work, touched);
    if (!check_references(work.instance)) return;
    Event event;
    event.kind = Event::Kind::Inputs;
    event.instance = work.instance;
    event.address = state.address;
    event.touched = evaluation_->machine.touched_sets.flatten(touched);
    std::erase_if(event.touched, [&](CellId cell) { return cell.instance == work.instance; });
    events_.push_back(std::move(event));
}

// A whole instance may stand for a connection or in lifecycle.after, nowhere else.
bool WorkspaceProgram::check_references(InstanceId id) {
    Machine& machine = evaluation_->machine;
    auto& inputs = *as<Record>(instances_[id].inputs);
    for (std::uint32_t slot = 0; slot < inputs.shape->size; ++slot) {
        std::string_view name = inputs.shape->symbols[slot].text();
        if (name == "connection" || name == "lifecycle") continue;
        std::vector<Word> open{inputs.slots[slot]};
        while (!open.empty()) {
            Word value;
            bool known = machine.at_hand(open.back(), value);
            open.pop_back();
            if (!known) continue;
            if (is(value, Tag::Array)) {
                for (std::uint32_t i = 0; i < as<Array>(value)->size; ++i)
                    open.push_back(machine.element(*as<Array>(value), i));
            }
            if (!is(value, Tag::Record)) continue;
            auto& record = *as<Record>(value);
            if (record.extension && record.extension->instance) {
                fail({.kind = "EvalError::Other",
                      .message = "the input `" + std::string(name) + "` of `" +
                                 instances_[id].address + "` holds a whole resource",
                      .labels = {{instances_[id].record->span, "", true},
                                 {record.span, "this resource", false}},
                      .notes = {"say which of its outputs is meant, for instance `.id`"}},
                     instances_[id].address, id);
                return false;
            }
            for (std::uint32_t i = 0; i < record.shape->size; ++i) {
                Word word = machine.field(record, i);
                if (word.exists()) open.push_back(word);
            }
        }
    }
    return true;
}

// ---- cells

CellReader::Reading WorkspaceProgram::read(Instance& instance, std::uint32_t output, Task&) {
    Machine& machine = evaluation_->machine;
    const OutputInfo& info = types_[instance.type]->outputs[output];
    if (instance.id == Instance::kUnlinked) {
        if (options_.all_unknown) {
            read_unlinked_.push_back(&instance);
            return {machine.unknown(info.type), 0};
        }
        last_link_ = &instance;
        return {};
    }
    CellId id{instance.id, output};
    Cell& cell = instances_[instance.id].cells[output];
    switch (cell.state) {
        case Cell::State::Unset: last_cell_ = id; return {};
        case Cell::State::Unknown:
            return {machine.unknown(info.type), machine.touched_sets.leaf(id, true, info.secret)};
        case Cell::State::Known:
            return {cell.value, machine.touched_sets.leaf(id, false, info.secret)};
    }
    UNREACHABLE();
}

// What touched an unknown cell is done again once it is known.
void WorkspaceProgram::remember(const Work& work, TouchedSets::Id touched) {
    TouchedSets& sets = evaluation_->machine.touched_sets;
    if (touched == 0 || !sets.has_unknown(touched)) return;
    for (CellId cell : sets.flatten(touched)) {
        if (instances_[cell.instance].cells[cell.output].state != Cell::State::Unknown) continue;
        Work again;
        again.kind = work.kind;
        again.address = work.address;
        again.word = work.word;
        again.inherited = work.inherited;
        again.instance = work.instance;
        again.where = work.where;
        dependents_[cell].push_back(std::move(again));
    }
}

void WorkspaceProgram::cell_set(CellId cell, bool was_unknown) {
    if (auto waiting = waiting_for_cell_.find(cell); waiting != waiting_for_cell_.end()) {
        wake(waiting->second);
        waiting_for_cell_.erase(waiting);
    }
    if (!was_unknown) return;
    evaluation_->machine.touched_sets.became_known(cell);
    auto found = dependents_.find(cell);
    if (found == dependents_.end()) return;
    std::vector<Work> again = std::move(found->second);
    dependents_.erase(found);
    std::set<std::pair<int, std::string>> queued;
    for (const Work& work : ready_) queued.emplace(static_cast<int>(work.kind), work.address);
    for (Work& work : again) {
        if (!queued.emplace(static_cast<int>(work.kind), work.address).second) continue;
        if (work.kind == Work::Kind::Outputs) {
            work.word = outputs_;
        } else if (work.kind == Work::Kind::Inputs) {
            // The record of the inputs keeps its thunks: they are run again as their sets are
            // stale.
            start_inputs(work.instance);
            continue;
        }
        ready_.push_back(std::move(work));
    }
}

void WorkspaceProgram::set_cell_unknown(CellId cell) {
    instances_[cell.instance].cells[cell.output].state = Cell::State::Unknown;
    cell_set(cell, false);
}

// Builds the word of a cell; the last event of the value sets it.
class WorkspaceProgram::CellSink final : public ValueSink {
public:
    CellSink(WorkspaceProgram& program, CellId cell)
        : program_(program), cell_(cell),
          builder_(program.evaluation_->machine, DataBuilder::Repeated::Last) {}

    void null() override {
        add([&] { return builder_.null({}); });
    }
    void boolean(bool value) override {
        add([&] { return builder_.boolean(value, {}); });
    }
    void integer(std::int64_t value) override {
        add([&] { return builder_.word(program_.evaluation_->heap.number(Rational(value))); });
    }
    void number(const Rational& value) override {
        add([&] { return builder_.word(program_.evaluation_->heap.number(value)); });
    }
    void string(std::string_view value) override {
        add([&] { return builder_.string(value, {}); });
    }
    void begin_array(std::size_t) override {
        ++depth_;
        (void)builder_.begin_array({}).ok();
    }
    void end_array() override {
        --depth_;
        add([&] { return builder_.end_array({}); });
    }
    void begin_record(std::size_t) override {
        ++depth_;
        (void)builder_.begin_object({}).ok();
    }
    void key(std::string_view name) override { (void)builder_.key(name, {}).ok(); }
    void end_record() override {
        --depth_;
        add([&] { return builder_.end_object({}); });
    }
    void unknown(ValueType type) override {
        add([&] { return builder_.word(program_.evaluation_->machine.unknown(type)); });
    }
    void secret() override {}
    void instance(InstanceId, std::string_view) override {
        UNREACHABLE();
    }   // no output is a resource

private:
    template <typename Step>
    void add(Step step) {
        (void)step().ok();   // memory limits show in the next evaluation
        if (depth_ == 0) program_.store(cell_, builder_.value());
    }

    WorkspaceProgram& program_;
    CellId cell_;
    DataBuilder builder_;
    std::size_t depth_ = 0;
};

void WorkspaceProgram::store(CellId id, Word value) {
    Cell& cell = instances_[id.instance].cells[id.output];
    bool was_unknown = cell.state == Cell::State::Unknown;
    cell.value = value;
    cell.state = Cell::State::Known;
    cell_set(id, was_unknown);
}

ValueSink& WorkspaceProgram::set_cell(CellId cell) {
    sink_ = std::make_unique<CellSink>(*this, cell);
    return *sink_;
}

// ---- when nothing can run

void WorkspaceProgram::report_deadlock() {
    Diagnostic diagnostic;
    diagnostic.kind = "EvalError::InfiniteRecursion";
    std::string address;
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
        std::map<InstanceId, std::pair<std::string, CellId>> waits;
        for (auto& [id, work] : parked_) {
            if (work.waits_for && work.kind == Work::Kind::Inputs)
                waits.emplace(work.instance, std::pair(work.address, *work.waits_for));
        }
        std::vector<InstanceId> chain;
        if (!waits.empty()) {
            InstanceId at = waits.begin()->first;
            while (waits.contains(at) && std::ranges::find(chain, at) == chain.end()) {
                chain.push_back(at);
                at = waits.at(at).second.instance;
            }
            auto start = std::ranges::find(chain, at);
            if (start != chain.end()) chain.erase(chain.begin(), start);
        }
        diagnostic.message = "resources need each other's outputs in a circle";
        for (InstanceId id : chain) {
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
    waiting_for_cell_.clear();
    waiting_for_link_.clear();
    waiting_for_thunk_.clear();
    fail(std::move(diagnostic), address);
}

// ---- what the engine reads

void WorkspaceProgram::emit(Word word, ValueSink& sink) const {
    Machine& machine = evaluation_->machine;
    if (is(word, Tag::Thunk) && machine.touched_sets.is_secret(as<Thunk>(word)->touched))
        sink.secret();
    Word value;
    if (!machine.at_hand(word, value)) return sink.unknown(ValueType::Dyn);
    if (value.is_null()) return sink.null();
    if (value.is_bool()) return sink.boolean(value.is_true());
    if (value.is_integer()) return sink.integer(value.as_integer());
    if (value.is_tag()) return sink.string(value.as_tag().text());
    switch (value.object()->tag) {
        case Tag::String: return sink.string(as<StringObj>(value)->text());
        case Tag::Rational: return sink.number(as<RationalObj>(value)->value);
        case Tag::Unknown: return sink.unknown(static_cast<ValueType>(as<UnknownObj>(value)->type));
        case Tag::Array: {
            auto& array = *as<Array>(value);
            sink.begin_array(array.size);
            for (std::uint32_t i = 0; i < array.size; ++i) emit(machine.element(array, i), sink);
            return sink.end_array();
        }
        case Tag::Record: {
            auto& record = *as<Record>(value);
            if (record.extension && record.extension->instance) {
                InstanceId id = record.extension->instance->id;
                bool linked = id != Instance::kUnlinked;
                return sink.instance(id, linked ? std::string_view(instances_[id].address)
                                                : std::string_view());
            }
            std::vector<std::pair<Symbol, Word>> fields;
            for (std::uint32_t slot : record.shape->sorted_slots()) {
                Word field = machine.field(record, slot);
                if (field.exists()) fields.emplace_back(record.shape->symbols[slot], field);
            }
            sink.begin_record(fields.size());
            for (auto& [name, field] : fields) {
                sink.key(name.text());
                emit(field, sink);
            }
            return sink.end_record();
        }
        case Tag::Variant: {
            auto& variant = *as<Variant>(value);
            sink.begin_record(2);
            sink.key("arg");
            emit(variant.argument, sink);
            sink.key("tag");
            sink.string(variant.variant_tag.text());
            return sink.end_record();
        }
        default: return sink.null();   // refused before: no input may hold a function
    }
}

void WorkspaceProgram::emit_inputs(InstanceId id, ValueSink& sink) const {
    emit(instances_[id].inputs, sink);
}

void WorkspaceProgram::emit_outputs(ValueSink& sink) const { emit(outputs_, sink); }

InputPlace WorkspaceProgram::place(InstanceId id, std::string_view input) const {
    const Record& record = *instances_[id].record;
    Span span = record.span;
    if (!input.empty()) {
        std::uint32_t slot = record.shape->find(Symbol::of(input));
        if (slot != Shape::kAbsent && record.fields && record.fields[slot].span.exists())
            span = record.fields[slot].span;
    }
    Place place = evaluation_->sources.place(span.begin);
    return {place.source ? place.source->name : std::string(), place.line, place.column};
}

std::string WorkspaceProgram::render(const Diagnostic& diagnostic, bool colour) const {
    RenderOptions options;
    options.colour = colour;
    return render_text(diagnostic, evaluation_->sources, options);
}

std::string WorkspaceProgram::render_json(const Diagnostic& diagnostic) const {
    return lang::render_json({&diagnostic, 1}, evaluation_->sources);
}

}
