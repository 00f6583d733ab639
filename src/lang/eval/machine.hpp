#pragma once

#include "base/check.hpp"
#include "lang/builtins/native.hpp"
#include "lang/cells.hpp"
#include "lang/eval/code.hpp"
#include "lang/eval/heap.hpp"
#include "lang/eval/shape.hpp"
#include "lang/eval/task_stack.hpp"
#include "lang/eval/touched.hpp"
#include "lang/syntax/source.hpp"
#include "lang/text/regex.hpp"
#include "value/diagnostic.hpp"

#include <span>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

namespace lang {

// What stands in a message for what is not known yet.
inline constexpr std::string_view kKnownAfterApply = "(known after apply)";
std::string_view shown_text(Word word);
// Of a string or a text with secrets.
void append_text(value::SecretTemplate& to, Word word);

class Machine;
struct Frame;

// What the machine does next (README.md of this folder).
enum class Next : std::uint8_t {
    Return,    // `result` is evaluated: give it to the top frame
    Run,       // run `code` in the current block
    Force,     // evaluate `result`
    Apply,     // apply `result` to the `argument_count` words on top of the stack
    Fail,      // `error` is set
    Park,      // the task waits: `parked_on` is set
    Collect,   // give back what is garbage, and go on with `after_collection_`
};

using Resume = Next (*)(Machine&, const Frame&);

// A continuation: what to do with a result, in which block. Popped before it is resumed. What lies
// in the heap is in `a` and `b` alone: the collector looks nowhere else.
struct Frame {
    Resume resume;
    std::uint32_t base;      // first local of the block to go on in
    std::uint32_t top;       // height of the stack to go back to
    std::uint32_t touched;   // Update: the set collected before
    std::uint32_t number;    // free use
    const void* code;        // free use, outside of the heap: mostly the node that waits
    const Word* captures;    // of the block to go on in
    Word a, b;               // free use
};

// A part of a predicate that said no: shown, or the left side that tells which side decided.
struct PredicatePart {
    enum class Role : std::uint8_t { Shown, Side };
    const Code* code = nullptr;
    Role role = Role::Shown;
    bool outcome = false;               // of the whole that it is a part of
    const BinaryCode* both = nullptr;   // Side
};

// One evaluation with a stack of its own. Parked tasks keep theirs, and what it refers to.
struct Task {
    Task() = default;
    ~Task();
    Task(const Task&) = delete;
    Task& operator=(const Task&) = delete;

    std::uint32_t id = 0;
    TaskStack<Frame> frames;
    TaskStack<Word> values;
    std::size_t depth = 0;    // frames in use
    std::size_t height = 0;   // values in use
    std::uint32_t base = 0;
    const Word* captures = nullptr;
    TouchedSets::Id touched = 0;
    Word pending;   // parked: what to force when it goes on
    Thunk* waiting_for =
        nullptr;   // parked on this thunk, which another task evaluates; else on a cell
    Machine* machine = nullptr;   // parked in it, at `place`
    std::size_t place = 0;
};

// Stopped: it was asked to. Whatever it made meanwhile means nothing, and it cannot go on.
enum class Outcome : std::uint8_t { Done, Failed, Parked, Stopped };

// Where the standard library comes from. Implementations keep what they return alive.
class LibrarySource {
public:
    virtual ~LibrarySource() = default;
    // The standard library: the function that a module's file is, the record of natives it wants,
    // and `std` itself.
    virtual Word std_module(std::string_view name) = 0;
    virtual Word native_record() = 0;
    virtual Word std_record() = 0;
    // In place of the record that a module gives: one whose fields are made when they are asked
    // for, each by itself. Nothing where a module is to be there as a whole, with its metadata.
    virtual Word std_fields(std::string_view name) = 0;
    // The function as which a module's file is read with this field alone.
    virtual Word std_part(std::string_view name, std::string_view field) = 0;
};

// The abstract machine: runs Code over an explicit stack; no recursion over user programs. One
// thread. All objects live in its heap.
class Machine {
    // Between two looks at the stop token: some microseconds.
    static constexpr std::uint64_t kTurnsBetweenLooks = 4096;

public:
    Machine(Heap& heap, Shapes& shapes, const SourceMap& sources);
    ~Machine();
    Machine(const Machine&) = delete;
    Machine& operator=(const Machine&) = delete;

    LibrarySource* library = nullptr;
    CellReader* cells = nullptr;
    std::uint32_t max_depth = ~std::uint32_t{0};
    std::uint64_t max_steps = ~std::uint64_t{0};   // calls and thunks, of all tasks together
    std::stop_token stop;

    // Evaluates a word to weak head normal form in this task; goes on where it was when parked.
    Outcome start(Task& task, Word word);
    // Forces everything below too; for an export, fields that are not exported are left alone.
    enum class Depth : std::uint8_t { All, Exported };
    Outcome start_deep(Task& task, Word word, Depth depth = Depth::All);
    Outcome resume(Task& task);
    Word result() const { return result_; }
    value::Diagnostic take_error();
    bool is_stopped() const { return stop.stop_requested(); }

    // Where what is not wrong and yet told goes, once for each place; null: nowhere.
    std::vector<value::Diagnostic>* warnings = nullptr;

    // ---- for natives and continuations
    Heap& heap;
    Shapes& shapes;
    const SourceMap& sources;
    TouchedSets touched_sets;
    text::RegexCache regexes;

    Next give(Word evaluated) {
        result_ = evaluated;
        return Next::Return;
    }
    Next force(Word word) {
        result_ = word;
        return Next::Force;
    }
    Next apply(Word function, std::span<const Word> arguments);
    Next fail(std::string kind, std::string message, Span span = {}, std::string note = {});
    Next fail(value::Diagnostic diagnostic);
    // The failure of what would need more memory than there may be.
    Next no_room();
    std::vector<std::string> circle_to(const Thunk& thunk) const;
    Span span_in_program() const;
    // Whether the text is the program's and not the standard library's.
    bool is_in_program(Span span) const;
    // The text of the program that the word is evaluated by, while it is delayed; or nothing.
    Span written(Word word) const;
    // `operation` was asked to look into a text with secrets.
    Next refuse_secret(const std::string& operation);
    Next give_secret(value::SecretTemplate text);
    // For loops of natives, by their counter: whether to leave at once. What was made so far may
    // be given all the same: a stopped evaluation has no result.
    bool leaves(std::size_t turn) const {
        return turn % kTurnsBetweenLooks == kTurnsBetweenLooks - 1 && is_stopped();
    }
    // Counts a step, and tells whether it may not be made: then limit_reached() says why not. The
    // stop token and the number of steps are looked at only every so often.
    bool reaches_limit() {
        if (task_->depth < max_depth && ++steps_ < look_at_ && !heap.wants_collection()) [[likely]]
            return false;
        return look();
    }
    Next limit_reached();
    // The same where all that is live lies on the stack or in `result_`: a safe point. There
    // garbage may be given back first, and then `step` is made, from its beginning.
    bool reaches_limit_before_step() {
        if (task_->depth < max_depth && !heap.wants_collection() && ++steps_ < look_at_) [[likely]]
            return false;
        return look_before_step();
    }
    Next limit_reached_before(Next step);
    void push(Resume resume, const void* code = nullptr, Word a = {}, Word b = {},
              std::uint32_t number = 0);
    // Values below a frame: pushed before it, gone when it is resumed, but readable then at
    // stack(height() + i) … as long as nothing else was pushed.
    void push_value(Word word);
    std::size_t height() const { return task_->height; }
    Word& stack(std::size_t at) { return task_->values[at]; }

    // The word of code that is not run now: a constant, a variable, a new object or a thunk.
    Word delay(const Code* code);
    // Its value if it is at hand without running anything.
    bool at_hand(const Code* code, Word& value);
    bool at_hand(Word word, Word& value);
    void touch(TouchedSets::Id set) { task_->touched = touched_sets.join(task_->touched, set); }
    TouchedSets::Id touched() const { return task_->touched; }
    Span current_span() const { return current_ ? current_->span : Span{}; }

    // ---- objects
    Word make_thunk(const Block& block, std::initializer_list<Word> captures);
    Word delay_apply(Word function, std::initializer_list<Word> arguments);   // lazy application
    Word make_variant(Symbol tag, Word argument);
    Array* make_array(std::size_t size);   // elements to be filled in
    Word empty_array();
    Word concat(Array& left, Array& right);   // amortised linear for appends in a loop
    Word slice(Array& array, std::size_t from, std::size_t to);
    Word element(Array& array, std::size_t index);   // contracts applied (lazily), not forced
    ArrayMemo* make_memo(const Array& array);
    Word raw_element(const Array& array, std::size_t index) const {
        return array.chunk->elements[array.offset + index];
    }
    Word unknown(value::ValueType type) const { return unknowns_[static_cast<std::size_t>(type)]; }
    // A string of which parts are unknown; `shown` is it with those parts put into words.
    Word unknown_text(std::string_view shown);

    // ---- records (records.cpp, merge.cpp)
    Record* make_record(const Shape* shape);   // plain data; slots to be filled in
    Record* make_record_with(const Shape* shape,
                             std::span<const Field> fields);   // as merged: slots on demand
    Word instantiate(const Block& block, Word self, Word environment);
    Record* make_record_of(std::vector<std::pair<Symbol, Word>> fields);
    // Marks the fields of a built-in module's record that are resource types (see instances.cpp).
    Word mark_types(Word record, const BuiltinModule& module);
    // What field `slot` shows, not forced; nothing when it has no value.
    Word field(Record& record, std::uint32_t slot);
    bool has_value(const Record& record, std::uint32_t slot) const;
    const Meta* meta(const Record& record, std::uint32_t slot) const;
    bool is_empty_optional(const Record& record, std::uint32_t slot) const;
    Next access(Word object, Symbol name, Span span, const AccessCode* code = nullptr,
                bool use_cache = true);
    Field full_field(Record& record, std::uint32_t slot);   // with its environment made explicit
    Next merge(Word left, Word right, Span span, const MergeSides& sides = {});
    Word delay_merge(Word left, Word right);
    // Of two fields of one name.
    Word delay_merge(const Field& left, const Field& right, Symbol name);
    Next merge_arrays(Array& left, Array& right, Span span, const MergeSides& sides);
    Next merge_records(Record& left, Record& right, Span span);
    Record* merge_many(std::span<Record* const> records, Span span);   // linear in all fields
    // `right` applied as a record contract to `left` (closedness checked by the caller).
    Record* merge_contract(Record& value, Record& contract, Span span);
    Record* freeze(Record& record);
    Next build_dynamic(const RecordCode& code);
    Next run_dynamic(const RecordCode& code, std::size_t next);
    static bool has_sealed_tail(const Record& record) {
        return record.extension && record.extension->sealed_tail.exists();
    }
    Next illegal_tail(const RecordExtension& extension, std::string action);
    std::uint32_t instance_type(const Record& record) const;   // 1 + index, 0: no instance
    void become_instance(Record& record, std::uint32_t type);

    // ---- contracts (contracts.cpp, record_contracts.cpp)
    enum class Mode : std::uint8_t { Apply, Check };   // Check: 'Ok value or 'Error {…}
    Next apply_contract(Word contract, const BlameLabel* label, Word value, Mode mode);
    // `where`: the value as written, for blame.
    Word delay_contract(Word contract, const BlameLabel* label, Word value, Span where = {});
    Next apply_type(const TypeObj& holder, const TypeCode& type, const BlameLabel* label,
                    Word value, Mode mode);
    // `value` evaluated; only types that look at it.
    Next check_type(const TypeObj& holder, const TypeCode& type, const BlameLabel* label,
                    Word value, Mode mode);
    Next apply_record_contract(Word contract, const BlameLabel* label, Word value, Mode mode);
    bool is_predicate(Word contract);   // made by std.contract.from_predicate (predicates.cpp)
    Next predicate_result(const BlameLabel* label, Word value, Word contract);
    Next custom_result(const BlameLabel* label, Word value, Mode mode);
    Next custom_error(const BlameLabel* label, Word payload, Mode mode, std::uint32_t stage);
    Next apply_wrapped(const Wrapped& wrapped, std::size_t arguments);
    Word wrap_dictionary(Record& record, Word contract, const BlameLabel* label, bool keeps_fields);
    const ContractList* add_contract(const ContractList* list, Word contract,
                                     const BlameLabel* label);
    Next contract_ok(Word value, Mode mode);
    Next contract_broken(const BlameLabel* label, std::string message, Mode mode,
                         BlameLabel::Step kept_as = BlameLabel::Step::Message);
    Next blame(const BlameLabel* label, std::string message = {});
    // The function that looked into a sealed value is at fault, not who gave the value.
    Next blame_sealed(Word sealed, std::string message);
    Word failure_record(const BlameLabel* label);   // {blame_location, message, notes} of 'Error
    std::uint32_t new_seal() { return next_seal_++; }
    BlameLabel* step(const BlameLabel* label, BlameLabel::Step step, Symbol name = {},
                     Word payload = {});

    // ---- walks (deep.cpp, equality.cpp)
    Next deep_force(Word word, Depth depth = Depth::All);   // gives the word
    Next equal(Word left, Word right, Span span);           // gives a bool

    std::string describe(Word word) const;   // "a record", for messages
    std::string show(Word word) const;       // "the number 5", where that is short
    // Where the value of an operand in the block that is run comes from, in the program's text;
    // nothing if not known or just there (trace.cpp).
    Span origin(const Code* operand);
    Span origin(Word word, int steps = 0);

private:
    Outcome loop(Next next);
    Outcome outcome_of(Outcome outcome) const { return is_stopped() ? Outcome::Stopped : outcome; }
    bool is_over();
    bool look();
    bool look_before_step();
    bool is_defined_by(const Thunk& thunk, Span here) const;
    Next infinite_recursion(const Thunk& thunk);
    Span origin(const Code* code, const Word* captures, int steps);
    Span origin_of_field(const Record& record, Symbol name, int steps);
    void tell_what_led_here();
    void add_calls();
    void add_field();
    void tell_of(const Code* code, bool outcome);
    Next next_part(const BlameLabel* label, Word predicate, Word value);
    Next part_ready(const BlameLabel* label, Word predicate, Word value);
    Next run();
    Next force_result();
    Next apply_result();
    Next apply_native(const Native& native);
    Next enter(const Block& block, const Word* captures, std::size_t base);
    Next return_result();
    Word variable(const Code* code) const;
    bool evaluated(Word thunk, Word& value);
    void grow(Task& task);   // its stacks
    bool collect();          // whether there is room now
    void begin(Task& task);
    void park(Task& task);
    friend struct Task;
    void forget(Task& task);
    void unwind();

    Next run_native(const NativeCode& code);
    Next run_too_few(const NativeCode& code);
    bool is_applied() const;   // what comes out is applied to something at once
    Next run_annotate(const AnnotateCode& code);
    Next run_pattern(const PatternCode& code);
    Next run_machine_thunk(const Code& code);
    Next merge_methods(Record& self, const MergedMethods& methods);
    Record* combine(Record& left, Record& right, bool as_contract, Span span);
    Word raw_value(const Field& field, Word self);
    Word make_closure(const BlockCode& code);
    Word delay_argument(const Code* code, Word function);
    bool is_at_hand(const Code* code, const Block& made, int steps, std::int64_t& number);
    Word make_literal(const RecordCode& code);
    Next check_variant(const TypeObj& holder, const TypeCode& type, const BlameLabel* label,
                       Word value, Mode mode);
    Next check_record_type(const TypeObj& holder, const TypeCode& type, const BlameLabel* label,
                           Record& record, Mode mode);
    Next extra_fields(const BlameLabel* label, const std::vector<Symbol>& extra,
                      const Record& schema, const Record& record, Mode mode);
    void warn_of_plain(const Function& function, const BlameLabel* label, Word value);
    Next not_a_contract(Word word, const BlameLabel* label);
    void carry_extension(Record& to, const Record& from);
    void push_apply(std::size_t arguments);   // the topmost values are arguments of the next result
    Next run_mark(const Thunk& thunk);
    Next mark_evaluated(Record& record, const BuiltinModule& module);
    Next mark_contract(Record& contract, const TypeInfo& type);
    Next give_dynamic(const RecordCode& code);
    static const Block& merge_block();
    Word with_contracts(Record& record, const Field& field, Word value);

    static Next update(Machine& machine, const Frame& frame);
    static Next native_argument(Machine& machine, const Frame& frame);
    static Next finish_task(Machine& machine, const Frame& frame);
    friend struct Resumes;
    friend struct Interpolation;

    Task* task_ = nullptr;
    Word result_;
    const Code* code_ = nullptr;
    const Code* current_ = nullptr;   // the node last run that has a place
    std::size_t argument_count_ = 0;
    value::Diagnostic error_;
    std::vector<PredicatePart> parts_;   // to be evaluated, the next one last
    std::vector<value::Label> told_parts_;
    std::vector<std::unique_ptr<const Block>> part_blocks_;
    Word unknowns_[7];
    std::uint32_t next_seal_ = 1;
    std::uint64_t steps_ = 0;
    std::uint64_t look_at_ = 0;   // when to look at the stop token and the step limit again
    bool finished_ = false;
    Next after_collection_ = Next::Return;
    bool has_collected_ = false;   // the next step is to be made, whatever the heap wants
    std::vector<Task*> parked_;
};

// ---- what runs at each step

inline bool Machine::at_hand(Word word, Word& value) {
    if (is(word, Tag::Thunk)) return evaluated(word, value);
    value = word;
    return true;
}

inline Word Machine::variable(const Code* code) const {
    switch (code->op) {
        case Op::Local: return task_->values[task_->base + code->index];
        case Op::Captured: return task_->captures[code->index];
        case Op::Self: return task_->captures[0];
        case Op::EnvironmentWord: return as<Environment>(task_->captures[1])->words[code->index];
        case Op::Constant: return node<ConstantCode>(code)->word;
        default: UNREACHABLE();
    }
}

inline bool Machine::at_hand(const Code* code, Word& value) {
    if (code->op > Op::Self) return false;
    return at_hand(variable(code), value);
}

inline void Machine::push(Resume resume, const void* code, Word a, Word b, std::uint32_t number) {
    Task& task = *task_;
    if (task.depth == task.frames.size()) [[unlikely]]
        grow(task);
    task.frames[task.depth++] = Frame{
        resume, task.base, static_cast<std::uint32_t>(task.height), 0, number, code, task.captures,
        a,      b};
}

inline void Machine::push_value(Word word) {
    Task& task = *task_;
    if (task.height == task.values.size()) [[unlikely]]
        grow(task);
    task.values[task.height++] = word;
}

}
