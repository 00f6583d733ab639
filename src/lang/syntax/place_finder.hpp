#pragma once

#include "lang/syntax/source.hpp"

#include <vector>

namespace lang {

// Places for many positions: keeps where the lines of the last source begin, so that each costs a
// search instead of a walk through the text before it.
class PlaceFinder {
public:
    Place find(const SourceMap& sources, Pos pos);

private:
    const Source* source_ = nullptr;
    std::vector<std::size_t> line_starts_;
};

}
