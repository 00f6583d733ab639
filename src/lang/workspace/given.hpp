#pragma once

#include "lang/evaluation.hpp"

#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace lang {

// The values that a program is given from outside (`Given`), as one tree: a later one replaces an
// earlier one at its place, whatever priorities a merge would know.
class GivenValues {
public:
    explicit GivenValues(Evaluation& evaluation) : evaluation_(evaluation) {}

    struct Node {
        std::map<std::string, Node, std::less<>> fields;
        Word word;                // nothing: a record, of these fields
        Span span;                // where it is written
        Span whole;               // of a record: all of it
        std::size_t number = 0;   // which of the given ones has it, or had a part of it last

        bool is_value() const { return word.exists(); }
    };

    // Tells what is wrong with them, each in its own source.
    void read(std::span<const Given> given, std::vector<value::Diagnostic>& findings);
    const Node& root() const { return root_; }
    bool empty() const { return root_.fields.empty(); }
    // Whether it is one of the texts that were given.
    bool has_source(const Source& source) const;
    // What has a value at this name of `within`, or a part of one; null: nothing.
    static const Node* find(const Node& within, std::string_view name);

    // All of them as a record, whose fields know where they were written.
    Word record() const { return record_of(root_); }

private:
    void read_setting(const Given& given, std::size_t number,
                      std::vector<value::Diagnostic>& findings);
    void read_file(const Given& given, std::size_t number,
                   std::vector<value::Diagnostic>& findings);
    std::optional<Word> evaluate(Word word, bool deep, std::vector<value::Diagnostic>& findings);
    struct Taking {
        std::size_t number;
        Span otherwise;   // of fields that do not know where they are written
    };
    bool take_fields(Node& into, Record& record, const Taking& taking, std::size_t depth,
                     std::vector<value::Diagnostic>& findings);
    bool is_data(Word word, Span where, std::vector<value::Diagnostic>& findings) const;
    Word record_of(const Node& node) const;

    Evaluation& evaluation_;
    std::span<const Given> given_;   // of the program's options
    Node root_;
};

}
