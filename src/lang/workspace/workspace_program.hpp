#pragma once

#include "lang/cells.hpp"
#include "lang/data.hpp"
#include "lang/evaluation.hpp"
#include "lang/program.hpp"
#include "lang/workspace/given.hpp"

#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <set>
#include <unordered_map>
#include <vector>

namespace lang {

// Program over an Evaluation: tasks for the branches of the resource tree and for the inputs of
// each instance, parked on cells that are not set and woken when they are (ENGINE §3).
class WorkspaceProgram final : public Program, private CellReader {
public:
    explicit WorkspaceProgram(ProgramOptions options);
    ~WorkspaceProgram() override;

    Event next() override;
    void catch_up() override;
    void set_cell_unknown(value::CellId cell) override;
    void postpone(value::InstanceId id) override { postponed_.insert(id); }
    value::ValueSink& set_cell(value::CellId cell) override;
    std::string_view address(value::InstanceId id) const override { return instances_[id].address; }
    std::string_view type(value::InstanceId id) const override {
        return types_[instances_[id].type]->name;
    }
    std::size_t instance_count() const override { return instances_.size(); }
    bool are_connections_found() const override { return loaded_ && open_connections_ == 0; }
    void emit_inputs(value::InstanceId id, value::ValueSink& sink) const override;
    void emit_outputs(value::ValueSink& sink) const override;
    std::vector<value::InstanceId> instances_read_by(value::InstanceId id) const override;
    value::InputPlace place(value::InstanceId id, std::string_view input) const override;
    value::InputPlace tree_place(value::InstanceId id) const override {
        return place_of(instances_[id].where);
    }
    value::InputPlace unlinked_place(value::InstanceId id, std::string_view input) const override;
    const std::vector<value::AddressMove>& moved() override;
    std::optional<std::vector<DeclaredInput>>
    declared_inputs(std::vector<value::Diagnostic>& findings) override;
    std::map<std::string, std::string> sources() const override { return evaluation_->files(); }
    std::string render(const value::Diagnostic& diagnostic, bool colour) const override;
    std::string render_json(const value::Diagnostic& diagnostic) const override;

private:
    struct Again;
    struct Cell {
        enum class State : std::uint8_t { Unset, Unknown, Known } state = State::Unset;
        bool secret = false;   // by its value; others are by their type
        Word value;
    };
    struct InstanceState {
        std::string address;
        std::uint32_t type = 0;
        Record* record = nullptr;
        Span where{};               // of the field in the tree
        Word inputs;                // a plain record of them
        TouchedSets::Id tree = 0;   // touched by the way to it
        TouchedSets::Id touched = 0;
        TouchedSets::Id read = 0;   // touched by the inputs, without the way to it
        std::vector<Cell> cells;
        std::shared_ptr<Again> again;   // while its inputs rest on unknown cells
    };
    struct Work {
        enum class Kind : std::uint8_t {
            Root,
            Declared,   // what the program declares under `inputs`
            Given,      // one of them with its value
            Moved,      // and under `moved`
            Tree,
            Inputs,
            Input,
            Outputs
        } kind = Kind::Root;
        std::string address;
        Word word;
        TouchedSets::Id inherited = 0;
        value::InstanceId instance = 0;
        Span where{};                             // of the field, for messages
        std::unique_ptr<Task> task;               // while parked
        bool is_waited_for = true;                // of an input: resources are opened after it
        std::optional<value::CellId> waits_for;   // a cell; or
        Instance* waits_for_link = nullptr;
    };
    // Work that met unknown cells, to be done once more when the last of them is known: each cell
    // alone would be quadratic for a resource that reads all others.
    struct Again {
        Work work;
        std::size_t unknown_left = 0;
        bool is_stale = false;        // some of its cells became known
        bool is_superseded = false;   // the same work was queued since
    };
    class CellSink;
    static constexpr std::string_view kDeclaredInputs = "inputs";
    static constexpr std::string_view kMoved = "moved";

    Reading read(Instance& instance, std::uint32_t output, Task& reader) override;
    TouchedSets::Id presence(Instance& instance) override;
    std::uint32_t type_index(std::string_view type) const override;
    void thunk_finished(Thunk& thunk) override;

    void load();
    void load_program(std::vector<value::Diagnostic>& findings);
    void run(Work work);
    void finish(Work& work, TouchedSets::Id touched);
    void finish_root(TouchedSets::Id touched);
    void finish_declared(const Work& work, TouchedSets::Id touched);
    void open_inputs(TouchedSets::Id touched);
    void input_seen(TouchedSets::Id touched);
    void finish_moved(const Work& work, TouchedSets::Id touched);
    void open_moved(TouchedSets::Id touched);
    void open_branches(TouchedSets::Id touched);
    Record* own_record();
    void explain_given(value::Diagnostic& finding) const;
    Record* plain_record(Record& within, std::uint32_t slot);
    bool check_given(Record& program, const GivenValues::Node& given, const std::string& path);
    bool check_environment();
    bool check_declared(Record& declared);
    DeclaredInput declared_input(Record& declared, std::uint32_t slot, Record& now);
    std::string annotation_of(const Meta& meta) const;
    value::InputPlace place_of(Span span) const;
    void finish_tree(Work& work, Word value, TouchedSets::Id touched);
    void finish_inputs(Work& work, TouchedSets::Id touched);
    void link(Work& work, Record& record, TouchedSets::Id touched);
    void start_inputs(value::InstanceId id);
    void start_input(value::InstanceId id, Word word);
    bool check_names(Record& record);
    bool check_outputs(value::InstanceId id);
    void fail_missing(value::InstanceId id, const std::vector<std::string>& missing);
    void park(Work work);
    void queue(Work work);
    static bool is_of_connections(const Work& work);
    static std::uint64_t bytes_of(const Work& work);
    void wake(std::vector<std::uint32_t>& waiting);
    void store(value::CellId id, Word value);
    void cell_set(value::CellId cell, bool was_unknown);
    void remember(const Work& work, TouchedSets::Id touched);
    static std::string key_of(const Work& work);
    void supersede(const Work& work);
    void do_again(Again& again);
    void report_deadlock();
    bool check_references(value::InstanceId id);
    const Record* find_instance(Word within,
                                const std::function<bool(const Instance&)>& is_it) const;
    void fail(value::Diagnostic diagnostic, std::string address, value::InstanceId instance = 0);
    void emit(Word word, value::ValueSink& sink, std::size_t depth = 0) const;

    ProgramOptions options_;
    std::unique_ptr<Evaluation> evaluation_;
    std::vector<const TypeInfo*> types_;
    std::unordered_map<std::string_view, std::uint32_t> type_indexes_;
    std::deque<InstanceState> instances_;
    std::unordered_map<std::string, value::InstanceId> by_address_;
    std::deque<Work> ready_;
    std::deque<Event> events_;
    std::vector<value::AddressMove> moved_;
    std::unordered_map<std::uint32_t, Work> parked_;
    std::map<value::CellId, std::vector<std::uint32_t>> waiting_for_cell_;
    std::unordered_map<Instance*, std::vector<std::uint32_t>> waiting_for_link_;
    std::unordered_map<Thunk*, std::vector<std::uint32_t>> waiting_for_thunk_;
    std::map<value::CellId, std::vector<std::shared_ptr<Again>>> dependents_;
    std::unordered_map<std::string, std::shared_ptr<Again>> again_;   // by key; inputs: at theirs
    std::vector<const Instance*> present_;   // by the number of their presence
    std::vector<std::unique_ptr<Task>> spare_tasks_;
    std::set<value::InstanceId> postponed_;
    std::unique_ptr<value::ValueSink> sink_;
    std::vector<Instance*> read_unlinked_;   // with all cells unknown: nobody waits for them
    std::unordered_map<value::InstanceId, value::Diagnostic>
        first_findings_;                       // what ended the inputs of one
    std::optional<value::CellId> last_cell_;   // what the running task parked on
    Instance* last_link_ = nullptr;
    std::unique_ptr<GivenValues> given_;
    Word program_;              // without what is given
    Word root_, outputs_;       // with it
    Record* whole_ = nullptr;   // the root, evaluated
    std::uint32_t next_task_ = 10;
    std::size_t inputs_left_ = 0;        // to be held against their contracts
    std::size_t open_connections_ = 0;   // work of their tree, ready or parked
    bool loaded_ = false, outputs_told_ = false, failed_ = false;
    bool is_opened_ = false;   // `resources` is
};

}
