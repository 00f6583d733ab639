#include "lang/data.hpp"

#include "base/ids.hpp"
#include "lang/eval/numbers.hpp"
#include "json/error.hpp"

#include <algorithm>
#include <charconv>
#include <cmath>

namespace lang {

base::Result<void> DataBuilder::add(Word word) {
    if (machine_.leaves(turn_++)) return base::Error(base::Code::Cancelled, "stopped");
    // Also for data, which may be large: each value is a step.
    if (machine_.heap.exhausted())
        return base::Error(base::Code::Exhausted,
                           "the data needs more memory than the evaluation may have");
    if (open_.empty()) {
        value_ = word;
    } else {
        values_.push_back(word);
    }
    return {};
}

// TOML 1.0, Integer: 64 bits have to be taken without loss, and what cannot be is an error. A text
// with a point or an exponent stops from_chars() early and is let pass.
static bool is_beyond_64_bits(std::string_view text) {
    std::int64_t value = 0;
    auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    return error == std::errc::result_out_of_range && end == text.data() + text.size();
}

// What the official binary has room for: 128 bits, signed or not.
static bool is_beyond_128_bits(std::string_view text) {
    const bool is_negative = text.starts_with('-');
    text.remove_prefix(is_negative || text.starts_with('+') ? 1 : 0);
    text.remove_prefix(std::min(text.find_first_not_of('0'), text.size()));
    const std::string_view most = is_negative ? "170141183460469231731687303715884105728"
                                              : "340282366920938463463374607431768211455";
    return text.size() > most.size() || (text.size() == most.size() && text > most);
}

base::Result<void> DataBuilder::number(std::string_view text, json::Span) {
    const bool is_whole = text.find_first_of(".eE") == std::string_view::npos;
    if (reading_ == value::Reading::ExactDouble && is_beyond_64_bits(text)) {
        return base::Error(base::Code::InvalidArgument, "the integer " +
                                                            std::string(text.substr(0, 40)) +
                                                            " does not fit in 64 bits");
    }
    if (exact_integers_ && is_whole && is_beyond_128_bits(text)) {
        return base::Error(base::Code::InvalidArgument, "the integer " +
                                                            std::string(text.substr(0, 40)) +
                                                            " does not fit in 128 bits");
    }
    value::Rational number =
        TRY(read_number(text, exact_integers_ && is_whole ? value::Reading::Exact : reading_));
    // Texts that a program deserialises become doubles in other tools; what is none there is
    // refused.
    if (reading_ == value::Reading::SimplestDouble && !std::isfinite(number.to_double())) {
        return base::Error(base::Code::InvalidArgument,
                           "the number " + std::string(text.substr(0, 40)) + " is too large");
    }
    return add(machine_.heap.number(std::move(number)));
}

base::Result<void> DataBuilder::begin_array(json::Span) {
    open_.push_back({values_.size(), keys_.size()});
    return {};
}

base::Result<void> DataBuilder::end_array(json::Span) {
    Open open = open_.back();
    open_.pop_back();
    Array* array = machine_.make_array(values_.size() - open.first);
    std::copy(values_.begin() + static_cast<std::ptrdiff_t>(open.first), values_.end(),
              array->chunk->elements);
    values_.resize(open.first);
    return add(Word::of(array));
}

base::Result<void> DataBuilder::begin_object(json::Span) {
    open_.push_back({values_.size(), keys_.size()});
    return {};
}

base::Result<void> DataBuilder::key(std::string_view name, json::Span span) {
    const bool is_placed = base_ != 0 && span.end > span.begin;
    keys_.push_back(
        {Symbol::of(name), is_placed ? Span{base_ + span.begin, base_ + span.end} : Span{}});
    return {};
}

Word DataBuilder::merged(const Member& first, const Member& second, Word so_far) {
    // RFC 8259 leaves repeated keys open. Readers of JSON take the last; an imported file is
    // merged, so that a conflict is told.
    if (repeated_ == Repeated::Last) return second.word;
    return machine_.delay_merge(
        Field{.method = Method::Shared, .source = so_far, .span = first.key.span},
        Field{.method = Method::Shared, .source = second.word, .span = second.key.span},
        first.key.name);
}

base::Result<void> DataBuilder::end_object(json::Span) {
    Open open = open_.back();
    open_.pop_back();
    std::size_t size = values_.size() - open.first;
    sorted_.clear();
    for (std::size_t i = 0; i < size; ++i)
        sorted_.push_back({keys_[open.first_key + i], values_[open.first + i]});
    values_.resize(open.first);
    keys_.resize(open.first_key);
    // Stable, so that of repeated keys the later one is met later.
    std::ranges::stable_sort(sorted_, {}, [](const Member& member) { return member.key.name.id; });
    std::vector<Symbol> names;
    names.reserve(size);
    std::vector<Word> slots;
    slots.reserve(size);
    std::vector<Span> spans;
    const Member* previous = nullptr;
    for (const Member& member : sorted_) {
        if (previous != nullptr && previous->key.name == member.key.name) {
            slots.back() = merged(*previous, member, slots.back());
            continue;
        }
        previous = &member;
        names.push_back(member.key.name);
        slots.push_back(member.word);
        if (keeps_places_) spans.push_back(member.key.span);
    }
    const Shape* shape = machine_.shapes.intern(names);
    if (!keeps_places_) {
        Record* record = machine_.make_record(shape);
        std::ranges::copy(slots, record->slots);
        return add(Word::of(record));
    }
    auto* fields = machine_.heap.array<Field>(slots.size());
    for (std::size_t i = 0; i < slots.size(); ++i)
        fields[i] = Field{.method = Method::Shared, .source = slots[i], .span = spans[i]};
    return add(Word::of(machine_.make_record_with(shape, {fields, slots.size()})));
}

value::Diagnostic data_diagnostic(const base::Error& error, const Source& source) {
    value::Diagnostic diagnostic;
    diagnostic.kind = "ImportError::ParseError";
    diagnostic.message = error.message();
    if (auto* syntax = dynamic_cast<const json::SyntaxError*>(error.detail())) {
        diagnostic.message = syntax->message;
        diagnostic.labels.push_back(
            {{source.base + syntax->span.begin,
              source.base + std::max(syntax->span.end, syntax->span.begin + 1)},
             "",
             true});
    }
    return diagnostic;
}

// ---- writing

namespace {

// An explicit stack: data may be nested deeper than the machine's own stack allows.
// Called after everything was evaluated deeply, so nothing is run here.
class DataWalk {
public:
    DataWalk(Machine& machine, json::Writer& writer, ExportFailure& failure,
             const std::string* text, SecretMarks* marks)
        : machine_(machine), writer_(writer), failure_(failure), text_(text), marks_(marks) {}

    bool run(Word root) {
        if (!value(root)) return false;
        for (std::size_t turn = 0; !open_.empty(); ++turn) {
            if (machine_.leaves(turn)) return fail("EvalError::Stopped", "stopped");
            // Parts that are shared are written as often as they are met.
            if (text_ && !machine_.heap.has_room_for_text(text_->size()))
                return fail("EvalError::Other", "the text needs more memory than it may have");
            Open& top = open_.back();
            bool is_array = is(top.word, Tag::Array);
            if (top.next == top.size) {
                is_array ? writer_.end_array() : writer_.end_object();
                open_.pop_back();
                continue;
            }
            if (is_array) {
                if (!value(machine_.element(*as<Array>(top.word), top.next++))) return false;
                continue;
            }
            auto& record = *as<Record>(top.word);
            std::uint32_t slot = record.shape->sorted_slots()[top.next++];
            const Meta* meta = machine_.meta(record, slot);
            // What is not exported may be there for others to read, and need not even be data.
            if (meta && meta->not_exported) continue;
            Word word = machine_.field(record, slot);
            if (!word.exists()) {
                if (machine_.is_empty_optional(record, slot)) continue;
                return fail("EvalError::MissingFieldDef",
                            "the field `" + std::string(record.shape->symbols[slot].text()) +
                                "` has no value");
            }
            writer_.key(record.shape->symbols[slot].text());
            if (!value(word)) return false;
        }
        return true;
    }

private:
    struct Open {
        Word word;
        std::uint32_t next, size;
    };

    bool value(Word word) {
        Word known;
        if (!machine_.at_hand(word, known))
            return fail("ExportError::NonSerializable", "this value is not evaluated");
        if (known.is_null()) return writer_.null(), true;
        if (known.is_bool()) return writer_.boolean(known.is_true()), true;
        if (known.is_integer()) return writer_.number(known.as_integer()), true;
        if (known.is_tag()) return writer_.string(known.as_tag().text()), true;
        switch (known.object()->tag) {
            case Tag::String: return writer_.string(as<StringObj>(known)->text()), true;
            case Tag::Rational: return number(as<RationalObj>(known)->reduced());
            case Tag::Array:
                writer_.begin_array();
                open_.push_back({known, 0, as<Array>(known)->size});
                return true;
            case Tag::Record:
                writer_.begin_object();
                open_.push_back({known, 0, as<Record>(known)->shape->size});
                return true;
            case Tag::SecretTemplate:
                if (marks_ == nullptr)
                    return fail("ExportError::NonSerializable", "a secret cannot be exported");
                return writer_.string(marks_->mark(*as<SecretTemplateObj>(known)->text)), true;
            default:
                return fail("ExportError::NonSerializable",
                            machine_.describe(known) + " cannot be exported");
        }
    }

    bool number(const value::Rational& number) {
        if (auto small = number.to_int64()) return writer_.number(*small), true;
        if (auto large = number.to_uint64()) return writer_.number(*large), true;
        // JSON and the others write the nearest double; what has none is an error and not `inf`.
        double nearest = number.to_double();
        if (!std::isfinite(nearest)) {
            return fail("ExportError::NumberOutOfRange",
                        "the number " + number.to_string() + " is too large to be exported");
        }
        return writer_.number(nearest), true;
    }

    bool fail(std::string kind, std::string message) {
        failure_ = {std::move(kind), std::move(message), {}};
        for (const Open& open : open_) {
            if (is(open.word, Tag::Array)) {
                failure_.path += "[" + std::to_string(open.next - 1) + "]";
            } else {
                auto& record = *as<Record>(open.word);
                if (!failure_.path.empty()) failure_.path += ".";
                failure_.path +=
                    record.shape->symbols[record.shape->sorted_slots()[open.next - 1]].text();
            }
        }
        return false;
    }

    Machine& machine_;
    json::Writer& writer_;
    ExportFailure& failure_;
    const std::string* text_;
    SecretMarks* marks_;
    std::vector<Open> open_;
};

}

// Random, as the data beside it may come from whoever would like to be taken for a mark.
SecretMarks::SecretMarks() : token_(base::random_token()) {}

std::string SecretMarks::mark(const value::SecretTemplate& text) {
    texts_.push_back(&text);
    // The control character makes every format quote it.
    return '\x01' + token_ + '.' + std::to_string(texts_.size() - 1) + '.';
}

value::SecretTemplate SecretMarks::split(std::string_view written) const {
    value::SecretTemplate out;
    std::size_t copied = 0;
    for (std::size_t at; (at = written.find(token_, copied)) != std::string_view::npos;) {
        const std::size_t begin = written.rfind('"', at);
        const std::size_t end = written.find('"', at);
        CHECK(begin != std::string_view::npos && begin >= copied && end != std::string_view::npos);
        const std::size_t index = std::stoul(std::string(written.substr(at + token_.size() + 1)));
        out.append(written.substr(copied, begin - copied));
        out.append(value::SecretTemplate::derived(value::SecretForm::Quoted, *texts_.at(index)));
        copied = end + 1;
    }
    out.append(written.substr(copied));
    return out;
}

bool write_data(Machine& machine, Word word, json::Writer& writer, ExportFailure& failure,
                const std::string* text, SecretMarks* marks) {
    if (!DataWalk(machine, writer, failure, text, marks).run(word)) return false;
    auto finished = writer.finish();
    if (finished.ok()) return true;
    failure = {"ExportError::Other", std::string(finished.error().message()), {}};
    return false;
}

}
