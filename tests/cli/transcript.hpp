#pragma once

#include "base/result.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace transcript {

// A command of a transcript with what is expected of it.
struct Step {
    std::size_t line = 0;                // of the command, from 1
    std::vector<std::string> preamble;   // comments and empty lines before it
    std::vector<std::string> source;     // the command's lines as written
    std::string command;                 // what sh gets
    std::vector<std::string> output;
    int exit_code = 0;
};

struct Transcript {
    std::vector<Step> steps;
    std::vector<std::string> tail;   // comments after the last step
};

base::Result<Transcript> parse(std::string_view text);
std::string normalize(const Transcript& transcript);

// The transcript in each section (`## …`) of a document in Markdown that has blocks to be run: a
// block of `console` is commands with what they print, one of `nickel FILE` (or another language)
// a file. Blocks of `sh` and `hcl` are for other programs; any other block is an error.
struct Section {
    std::string title;
    std::string transcript;
};
base::Result<std::vector<Section>> sections_of(std::string_view document);

// Whether a line of output fits an expected line with `[..]` in it. How long a step took, at the
// end of its line, may be told where none is expected.
bool line_matches(std::string_view expected, std::string_view actual);
// The same for all lines; an expected line `...` stands for any number.
bool lines_match(const std::vector<std::string>& expected, const std::vector<std::string>& actual);
// The actual lines, with the expected ones kept where they fit: wildcards survive an --accept.
std::vector<std::string> accepted_lines(const std::vector<std::string>& expected,
                                        const std::vector<std::string>& actual);

}
