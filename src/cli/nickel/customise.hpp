#pragma once

#include "cli/nickel/inputs.hpp"

namespace cli::nickel {

// What stands after `--`.
struct Customise {
    struct Assignment {
        std::string text;   // PATH=EXPR or PATH=@env:NAME
        bool overrides = false;
    };
    std::vector<Assignment> assignments;
    bool helps = false;   // `help`: nothing is evaluated
    bool lists = false;

    static base::Result<Customise> parse(const std::vector<std::string>& words);
    // What may stand after `--`.
    static std::string_view help();

    // The root with the assignments merged in; nothing after an error.
    lang::Word apply(FileEvaluation& files, lang::Word root) const;
    // The fields that may be assigned, for `list`.
    std::string list(FileEvaluation& files, lang::Word root) const;
};

}
