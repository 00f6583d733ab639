#pragma once

#include <string_view>
#include <utility>
#include <vector>

namespace lang {

// A module of the standard library taken apart by its layout: each field of its record by itself.
// Most programs use few, and to parse and compile the others costs more than all else at a start.
struct LibraryParts {
    using Range = std::pair<std::size_t, std::size_t>;   // of the text, from and to
    struct Part {
        std::string_view name;
        Range text;   // with the comma behind it
    };

    Range head;   // up to the record's brace
    Range tail;   // the closing one
    std::vector<Part> parts;

    const Part* find(std::string_view name) const;
    // What of the text makes the module with this field alone.
    std::vector<Range> text_of(const Part& part) const { return {head, part.text, tail}; }
};

// The fields begin in the third column, and what is within them further right; the record is what a
// module ends with. The formatter keeps it so, and a test holds every module against its tree.
LibraryParts take_apart(std::string_view module);

}
