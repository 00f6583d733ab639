#pragma once

#include "lang/tools/documentation.hpp"

#include <functional>

namespace lang::tools {

// A block of code in a documentation.
struct Example {
    std::string code;
    enum class Expects : unsigned char { Success, Value, Error } expects = Expects::Success;
    std::string expected;   // a value in Nickel; a part of the error's text
};
// Those that are marked as `nickel`. `ignore` behind it leaves one out; with `multiline`, empty
// lines part it into several.
std::vector<Example> examples_of(std::string_view doc);

// Runs the examples of fields, each as a program that sees the fields of the records around.
class ExampleRunner {
public:
    // The name is "path/index"; the report says what is wrong, nothing if all is well.
    using Tell = std::function<void(const std::string& name, const std::string& report)>;

    ExampleRunner(Evaluation& evaluation, Tell tell)
        : evaluation_(evaluation), tell_(std::move(tell)) {}

    void run(const std::vector<DocField>& fields, const std::string& prefix = {});

private:
    Word load(const std::string& name, const std::string& code,
              std::vector<value::Diagnostic>& findings);
    Word evaluate(const std::string& name, const std::string& code,
                  std::vector<value::Diagnostic>& findings);
    std::string run_one(const std::string& name, const Example& example);
    bool is_equal(Word a, Word b, std::vector<value::Diagnostic>& findings);
    std::string shown(const std::vector<value::Diagnostic>& findings) const;
    std::string printed(Word word);

    Evaluation& evaluation_;
    Tell tell_;
    std::vector<Record*> scope_;
};

}
