#pragma once

#include "cli/args.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace cli {

class Context;

struct Candidate {
    std::string text;
    std::string description;
};

struct Completions {
    std::vector<Candidate> candidates;
    Completes paths = Completes::Nothing;   // File or Directory: the shell completes a path
};

// What may stand for the last of these words, which may be empty.
Completions complete(Context& context, const std::vector<std::string>& words);

// The script for "bash", "zsh" or "fish".
std::string_view completion_script(std::string_view shell);

// Where the names of addresses, workspaces and environments come from. Hung on a list like
// commands: const CandidateSource addresses{Completes::Address, list_addresses}; errors mean no
// candidates.
class CandidateSource {
public:
    using List = std::vector<Candidate> (*)(Context& context);

    CandidateSource(Completes kind, List list);
    CandidateSource(const CandidateSource&) = delete;
    CandidateSource& operator=(const CandidateSource&) = delete;

    static std::vector<Candidate> candidates(Completes kind, Context& context);

private:
    Completes kind_;
    List list_;
    const CandidateSource* next_;
};

}
