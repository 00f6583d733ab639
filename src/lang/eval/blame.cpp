#include "lang/eval/machine.hpp"

#include "lang/eval/numbers.hpp"

#include "base/text.hpp"

#include <algorithm>

// Labels, and what is said when a contract is broken.
namespace lang {

BlameLabel* Machine::step(const BlameLabel* parent, BlameLabel::Step step, Symbol name,
                          Word payload) {
    auto* label = heap.make<BlameLabel>(Tag::Label);
    label->step = step;
    // Blame changes sides with each step to the left of an arrow: of `(A -> B) -> C` the caller
    // answers for B, which comes out of the function that he hands in. Two changes are none.
    label->positive = step == BlameLabel::Step::Domain || step == BlameLabel::Step::Flip
                          ? !parent->positive
                          : parent->positive;
    label->parent = parent;
    label->name = name;
    label->payload = payload;
    return label;
}

struct Told {
    std::string message;
    std::vector<std::string> notes;
    std::string path;   // "argument 1, element"
    const BlameLabel* root = nullptr;
    Span value;      // what was checked, as written
    Span call;       // of the function whose caller is blamed, in the program
    Span argument;   // what it was given there, as written
    Span origin;     // where that comes from
    Symbol field;
    std::string reason;   // said when there is no message
    bool in_function = false;
    // The chain from the break up to the annotation, newest first. Where several say something,
    // the newest counts, as it is nearest to what went wrong.
};

static Told tell(Machine& machine, const BlameLabel* label) {
    Told told;
    std::vector<std::string> path;
    bool newest_done = false;   // older diagnostics only count when the newest is empty
    for (const BlameLabel* at = label; at; at = at->parent) {
        switch (at->step) {
            case BlameLabel::Step::Root: told.root = at; break;
            case BlameLabel::Step::Domain:
                path.push_back("argument");
                told.in_function = true;
                // The outermost call: those that it made itself are the library's.
                if (machine.is_in_program(at->span)) {
                    told.call = at->span;
                    told.argument = machine.written(at->payload);
                    told.origin = machine.origin(at->payload);
                }
                break;
            case BlameLabel::Step::Codomain:
                path.push_back("result");
                told.in_function = true;
                break;
            case BlameLabel::Step::Array: path.push_back("element"); break;
            case BlameLabel::Step::Dict: path.push_back("field"); break;
            case BlameLabel::Step::Field:
                path.push_back("field `" + std::string(at->name.text()) + "`");
                if (told.field.id == 0) told.field = at->name;
                break;
            case BlameLabel::Step::Message:
                if (!newest_done && told.message.empty() && is(at->payload, Tag::String))
                    told.message = as<StringObj>(at->payload)->text();
                break;
            case BlameLabel::Step::Notes:
                if (!newest_done && is(at->payload, Tag::Array)) {
                    std::vector<std::string> notes;
                    auto& array = *as<Array>(at->payload);
                    for (std::uint32_t i = 0; i < array.size; ++i) {
                        Word note;
                        // Only notes that are evaluated: an error is told with what is at hand,
                        // and never runs the program.
                        if (machine.at_hand(machine.element(array, i), note) &&
                            is(note, Tag::String))
                            notes.emplace_back(as<StringObj>(note)->text());
                    }
                    told.notes.insert(told.notes.begin(), notes.begin(), notes.end());
                }
                break;
            case BlameLabel::Step::Reason:
                if (told.reason.empty()) told.reason = as<StringObj>(at->payload)->text();
                break;
            case BlameLabel::Step::Diagnostic:
                newest_done = newest_done || !told.message.empty() || !told.notes.empty();
                break;
            case BlameLabel::Step::Checked:
                if (!told.value.exists()) told.value = at->span;
                break;
            case BlameLabel::Step::Flip:
            case BlameLabel::Step::TypeVariable: break;
        }
    }
    std::ranges::reverse(path);
    told.path = base::join(path, ", ");
    return told;
}

Next Machine::blame(const BlameLabel* label, std::string message) {
    Told told = tell(*this, label);
    value::Diagnostic diagnostic;
    diagnostic.kind = "EvalError::BlameError";
    Symbol name = told.field.id ? told.field : told.root->name;
    std::string who = !label->positive ? "the caller"
                      // Negative: whoever called gave what was not agreed on. Positive: the value,
                      // or what the function gave back, does not keep what its own annotation
                      // promises.
                      : told.in_function ? "a function"
                                         : "the value";
    if (label->positive && name.id == 0 && !told.in_function) who = "a value";
    diagnostic.message = "contract broken by " + who;
    if (name.id != 0) diagnostic.message += " of `" + std::string(name.text()) + "`";
    if (message.empty()) message = told.message.empty() ? told.reason : told.message;
    if (!message.empty()) diagnostic.message += ": " + message;
    // A place inside the standard library says nothing to whoever wrote the program.
    const Span here = current_span();
    if (told.value.exists() && label->positive && !told.in_function) {
        diagnostic.labels.push_back({told.value, "this value", true});
    } else if (!label->positive && told.call.exists()) {
        if (told.argument.exists())
            diagnostic.labels.push_back({told.argument, "this argument", true});
        if (told.origin.exists() && told.origin != told.argument && told.origin != told.call)
            diagnostic.labels.push_back({told.origin, "it comes from here", false});
        if (told.argument != told.call)
            diagnostic.labels.push_back({told.call, "called here", !told.argument.exists()});
    } else if (is_in_program(here)) {
        diagnostic.labels.push_back({here, "found here", true});
    } else if (const Span around = span_in_program(); is_in_program(around)) {
        diagnostic.labels.push_back({around, "found here", true});
    }
    if (told.root->span.exists()) {
        diagnostic.labels.push_back(
            {told.root->span, "expected by this contract", diagnostic.labels.empty()});
    }
    if (!told.path.empty() && told.path != "field `" + std::string(name.text()) + "`")
        diagnostic.notes.push_back("at: " + told.path);
    for (std::string& note : told.notes) diagnostic.notes.push_back(std::move(note));
    return fail(std::move(diagnostic));
}

// To hand a sealed value on is allowed, to look into it is not: the break is on the other side of
// the seal, hence the flip.
Next Machine::blame_sealed(Word sealed, std::string message) {
    return blame(step(as<Sealed>(sealed)->label, BlameLabel::Step::Flip), std::move(message));
}

Word Machine::failure_record(const BlameLabel* label) {
    static const Symbol kPlace = Symbol::forever("blame_location"),
                        kMessage = Symbol::forever("message"), kNotes = Symbol::forever("notes");
    Told told = tell(*this, label);
    Array* notes = make_array(told.notes.size());
    for (std::size_t i = 0; i < told.notes.size(); ++i)
        notes->chunk->elements[i] = heap.string(told.notes[i]);
    // A record with only those fields that were given: programs test for them by matching.
    if (told.message.empty() && told.notes.empty())
        return Word::of(make_record_of({{kPlace, Word::of(label)}}));
    if (told.notes.empty())
        return Word::of(
            make_record_of({{kPlace, Word::of(label)}, {kMessage, heap.string(told.message)}}));
    if (told.message.empty())
        return Word::of(make_record_of({{kPlace, Word::of(label)}, {kNotes, Word::of(notes)}}));
    return Word::of(make_record_of({{kPlace, Word::of(label)},
                                    {kMessage, heap.string(told.message)},
                                    {kNotes, Word::of(notes)}}));
}

Next Machine::extra_fields(const BlameLabel* label, const std::vector<Symbol>& extra,
                           const Record& schema, const Record& record, Mode mode) {
    std::string message = "extra field";
    if (extra.size() > 1) message += "s";
    std::vector<std::string_view> known;
    for (Symbol name : schema.shape->names()) {
        if (record.shape->find(name) == Shape::kAbsent) known.push_back(name.text());
    }
    for (std::size_t i = 0; i < extra.size(); ++i)
        message += (i ? ", `" : " `") + std::string(extra[i].text()) + "`";
    if (extra.size() == 1) {
        if (std::string help = base::did_you_mean(extra[0].text(), known); !help.empty())
            message += "; " + help;
    }
    // After the blame: where the surplus field is written says more than where it was checked.
    if (mode == Mode::Check) return contract_broken(label, std::move(message), mode);
    Next next = blame(label, std::move(message));
    std::uint32_t slot = record.shape->find(extra[0]);
    Span where = record.span;
    if (record.fields) {
        const Field& field = record.fields[slot];
        if (field.code) where = field.code->span;
        if (field.span.exists()) where = field.span;
        if (field.meta && field.meta->span.exists()) where = field.meta->span;
    }
    if (where.exists()) {
        for (auto& old : error_.labels) old.primary = false;
        error_.labels.insert(error_.labels.begin(), {where, "not in the contract", true});
    }
    return next;
}

std::optional<std::string> to_text(Word word) {
    if (word.is_null()) return "null";
    if (word.is_bool()) return word.is_true() ? "true" : "false";
    if (word.is_integer())
        return word.as_integer() > -10'000'000'000'000'000 &&
                       word.as_integer() < 10'000'000'000'000'000
                   ? std::to_string(word.as_integer())
                   : Number(word).get().to_string();
    if (word.is_tag()) return std::string(word.as_tag().text());
    if (is(word, Tag::Rational)) return as<RationalObj>(word)->reduced().to_string();
    if (is(word, Tag::String)) return std::string(as<StringObj>(word)->text());
    return std::nullopt;
}

}
