#pragma once

#include "engine/plan/resource.hpp"

#include <vector>

namespace lang {
class Program;
}

namespace engine {

// Causes: why each change is there, in the words of the program: an edit, what it reads, or what
// happened outside. By resource; none where nothing changes.
std::vector<std::vector<Cause>> find_causes(const ResourceTable& table,
                                            const lang::Program* program);

}
