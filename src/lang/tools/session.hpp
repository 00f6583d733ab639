#pragma once

#include "lang/evaluation.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace lang::tools {

// What comes of one input.
struct Reply {
    std::string text;                          // to be shown
    std::vector<value::Diagnostic> findings;   // what went wrong in the program
    std::string complaint;                     // what is wrong with a command, and what helps
    bool is_over = false;                      // it was `:exit`
};

// What is typed line by line: expressions, definitions, commands with a colon. What has been
// defined stays for all that follows.
class Session {
public:
    explicit Session(EvaluationOptions options) : evaluation(std::move(options)) {}

    // Whether more is needed: brackets or quotes are open, or an operator waits for its operand.
    static bool is_incomplete(std::string_view text);
    Reply run(const std::string& text);
    // How what stands before the cursor may go on: whole words.
    std::vector<std::string> complete(std::string_view before);

    // Names for the values of the fields of a record, as `:load` makes them; `what` it is, for a
    // complaint.
    void define_fields(Word word, const std::string& what, Reply& reply);
    void load(const std::string& path, Reply& reply);
    void define(std::string_view name, Word value);

    Evaluation evaluation;

private:
    Word value_of(const std::string& text, Reply& reply);
    Word forced(Word word, Reply& reply);
    bool define_all(const std::string& text, Reply& reply);
    void command(std::string_view line, Reply& reply);
    void evaluate(const std::string& text, Reply& reply);
    void query(const std::string& path, Reply& reply);
    void query_metadata(const std::string& path, Reply& reply);

    std::vector<std::string> names_{"std"};
    std::size_t inputs_ = 0;
};

}
