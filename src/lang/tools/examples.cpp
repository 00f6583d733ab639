#include "lang/tools/examples.hpp"

#include "base/text.hpp"
#include "lang/diag/render_text.hpp"
#include "lang/print/printer.hpp"
#include "lang/syntax/quoting.hpp"
#include "lang/syntax/token.hpp"

#include <algorithm>
#include <utility>

namespace lang::tools {

// What stands in comment lines from `# =>` to the end of the code is what is expected.
static Example example_of(std::string_view code) {
    Example example;
    std::vector<std::string_view> lines = base::split(code, '\n');
    std::size_t first = lines.size();
    for (std::size_t i = 0; i < lines.size(); ++i) {
        // The last one: an example may show several steps, and the end of them is what is tested.
        if (base::trim(lines[i]).starts_with("# =>")) first = i;
    }
    std::string expected;
    for (std::size_t i = 0; i < lines.size(); ++i) {
        const std::string_view line = base::trim(lines[i]);
        // Comments before it are part of the code.
        if (i < first || !line.starts_with('#')) {
            example.code += std::string(lines[i]) + "\n";
        } else {
            expected += std::string(line.substr(i == first ? 4 : 1)) + "\n";
        }
    }
    if (first == lines.size()) return example;
    example.expected = base::trim(expected);
    example.expects = Example::Expects::Value;
    if (example.expected.starts_with("error:")) {
        example.expects = Example::Expects::Error;
        example.expected = base::trim(std::string_view(example.expected).substr(6));
    }
    return example;
}

static void add_examples(std::string_view code, bool parted, std::vector<Example>& examples) {
    if (!parted) return examples.push_back(example_of(code));
    std::string part;
    for (const std::string_view line : base::split(code, '\n')) {
        if (!base::trim(line).empty()) {
            part += std::string(line) + "\n";
        } else if (!part.empty()) {
            examples.push_back(example_of(std::exchange(part, {})));
        }
    }
    if (!part.empty()) examples.push_back(example_of(part));
}

std::vector<Example> examples_of(std::string_view doc) {
    std::vector<Example> examples;
    std::string code;
    bool in_code = false, taken = false, parted = false;
    for (const std::string_view line : base::split(doc, '\n')) {
        const std::string_view mark = base::trim(line);
        if (!mark.starts_with("```")) {
            if (in_code) code += std::string(line) + "\n";
            continue;
        }
        if (in_code && taken) add_examples(code, parted, examples);
        code.clear();
        in_code = !in_code;
        if (!in_code) continue;
        const std::vector<std::string_view> words = base::split(mark.substr(3), ' ');
        const auto says = [&](std::string_view word) {
            return std::ranges::find(words, word) != words.end();
        };
        // Code of another language, or of none, is not ours to run.
        taken = words.front() == "nickel" && !says("ignore");
        parted = says("multiline");
    }
    return examples;
}

// ---- running them

void ExampleRunner::run(const std::vector<DocField>& fields, const std::string& prefix) {
    for (const DocField& field : fields) {
        const std::string path = prefix + quote_field(field.name);
        scope_.push_back(field.within);
        std::size_t index = 0;
        for (const Example& example : examples_of(field.doc.value_or(""))) {
            // Numbered within its field, so that a name stays when another field gets an example.
            const std::string name = path + "/" + std::to_string(index++);
            tell_(name, run_one(name, example));
        }
        if (field.fields) run(*field.fields, path + ".");
        scope_.pop_back();
    }
}

// The code as a function of the records that it stands in, whose fields it sees.
Word ExampleRunner::load(const std::string& name, const std::string& code,
                         std::vector<value::Diagnostic>& findings) {
    std::string text;
    for (const Record* record : scope_) {
        text += "fun { ";
        for (const std::uint32_t slot : record->shape->sorted_slots()) {
            const std::string_view field = record->shape->symbols[slot].text();
            const bool is_name = is_plain_field(field) && word_kind(field) == TokenKind::Identifier;
            // A field that is only declared has nothing to give, and would fail each example beside
            // it.
            if (is_name && evaluation_.machine.has_value(*record, slot)) {
                text += std::string(field) + ", ";
            }
        }
        text += ".. } => ";
    }
    Word word = evaluation_.load_text(name, text + "(\n" + code + "\n)", ast::ImportFormat::Nickel,
                                      findings);
    if (!findings.empty()) return {};
    for (Record* record : scope_) {
        word = evaluation_.machine.delay_apply(word, {Word::of(record)});
    }
    return word;
}

Word ExampleRunner::evaluate(const std::string& name, const std::string& code,
                             std::vector<value::Diagnostic>& findings) {
    const Word word = load(name, code, findings);
    if (!findings.empty()) return {};
    std::optional<value::Diagnostic> error;
    const Word value = evaluation_.evaluate_deep(word, error);
    if (error) findings.push_back(std::move(*error));
    return value;
}

std::string ExampleRunner::shown(const std::vector<value::Diagnostic>& findings) const {
    std::string text;
    for (const value::Diagnostic& finding : findings) {
        text += render_text(finding, evaluation_.sources);
    }
    return text;
}

std::string ExampleRunner::printed(Word word) {
    const auto text = print_value(evaluation_.machine, word);
    return text ? *text : std::string(text.error().text());
}

bool ExampleRunner::is_equal(Word a, Word b, std::vector<value::Diagnostic>& findings) {
    // By the language's own `==`: what it calls equal is equal.
    const Word compare = evaluation_.load_text("<comparison>", "fun a b => a == b",
                                               ast::ImportFormat::Nickel, findings);
    if (!findings.empty()) return false;
    std::optional<value::Diagnostic> error;
    const Word same = evaluation_.evaluate(evaluation_.machine.delay_apply(compare, {a, b}), error);
    if (error) findings.push_back(std::move(*error));
    return !error && same == Word::boolean(true);
}

// What is to be told if it fails; else nothing.
std::string ExampleRunner::run_one(const std::string& name, const Example& example) {
    std::vector<value::Diagnostic> findings;
    const Word value = evaluate(name, example.code, findings);
    const std::string failed = "test " + name + " failed";
    if (example.expects == Example::Expects::Error) {
        if (findings.empty()) return failed + ": an error was expected\n\n";
        const std::string text = shown(findings);
        // A part is enough: the whole message has places and pictures of the source in it.
        if (text.find(example.expected) != text.npos) return {};
        return failed + ": the error was expected to contain \"" + example.expected +
               "\", but is\n" + text + "\n";
    }
    if (!findings.empty()) return failed + "\n" + shown(findings) + "\n";
    if (example.expects == Example::Expects::Success) return {};
    const Word wanted = evaluate(name, example.expected, findings);
    if (findings.empty() && is_equal(value, wanted, findings)) return {};
    if (!findings.empty()) return failed + "\n" + shown(findings) + "\n";
    return failed + "\nexpected: " + printed(wanted) + "\n   found: " + printed(value) + "\n\n";
}

}
