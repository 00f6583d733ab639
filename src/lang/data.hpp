#pragma once

#include "lang/eval/machine.hpp"
#include "value/number/serialize.hpp"
#include "json/events.hpp"
#include "json/format.hpp"

#include <string>
#include <utility>
#include <vector>

namespace lang {

// Builds a word from what a data reader reports.
class DataBuilder final : public json::Events {
public:
    // Of repeated keys: the last one counts (deserialising), or all are merged when read (imports).
    enum class Repeated : std::uint8_t { Last, Merge };
    DataBuilder(Machine& machine, Repeated repeated, value::Reading reading = value::Reading::Exact)
        : machine_(machine), repeated_(repeated), reading_(reading) {}
    // The text is a source that begins at this position: messages name places in it. With
    // `keeps_places` each field knows its own, which takes more room than most values.
    void set_source(Pos base, bool keeps_places) {
        base_ = base;
        keeps_places_ = keeps_places;
    }
    // Whole numbers are exact however long they are, whatever the reading.
    void keep_integers() { exact_integers_ = true; }
    Word value() const { return value_; }

    base::Result<void> word(Word word) { return add(word); }   // a value made elsewhere
    base::Result<void> null(json::Span) override { return add(Word::null()); }
    base::Result<void> boolean(bool value, json::Span) override {
        return add(Word::boolean(value));
    }
    base::Result<void> number(std::string_view text, json::Span) override;
    base::Result<void> string(std::string_view value, json::Span) override {
        return add(machine_.heap.string(value));
    }
    base::Result<void> begin_array(json::Span) override;
    base::Result<void> end_array(json::Span) override;
    base::Result<void> begin_object(json::Span) override;
    base::Result<void> key(std::string_view name, json::Span) override;
    base::Result<void> end_object(json::Span) override;

private:
    struct Open {
        std::size_t first = 0;   // of its elements in values_
        std::size_t first_key = 0;
    };
    struct Key {
        Symbol name;
        Span span;
    };
    struct Member {
        Key key;
        Word word;
    };
    base::Result<void> add(Word word);
    Word merged(const Member& first, const Member& second, Word so_far);

    Machine& machine_;
    Repeated repeated_;
    value::Reading reading_;
    bool exact_integers_ = false;
    Word value_;
    std::size_t turn_ = 0;
    std::vector<Open> open_;
    std::vector<Word> values_;
    std::vector<Key> keys_;
    std::vector<Member> sorted_;
    Pos base_ = 0;
    bool keeps_places_ = false;
};

// A reader's error as a finding in its source (ImportError::ParseError).
value::Diagnostic data_diagnostic(const base::Error& error, const Source& source);

// Writes an evaluated word. False, and the kind and message, when a part is no data.
struct ExportFailure {
    std::string kind;   // "ExportError::NonSerializable"
    std::string message;
    std::string path;   // "a.b[2]"
};
// Where a text is made of data that holds secrets: each is written as a text that nothing else in
// the data can be, and found again by split().
class SecretMarks {
public:
    SecretMarks();
    // What is written in the place of `text`, which must outlive this.
    std::string mark(const value::SecretTemplate& text);
    // The written text with the secrets in their places, quoted as a document wants them.
    value::SecretTemplate split(std::string_view written) const;
    bool empty() const { return texts_.empty(); }

private:
    std::string token_;
    std::vector<const value::SecretTemplate*> texts_;
};

// `text`: what the writer has written so far, when its size is to be held to the memory limit.
// `marks`: where secrets may stand; without it they are no data.
bool write_data(Machine& machine, Word word, json::Writer& writer, ExportFailure& failure,
                const std::string* text = nullptr, SecretMarks* marks = nullptr);

}
