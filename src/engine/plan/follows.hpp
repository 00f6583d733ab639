#pragma once

#include "engine/plan/resource.hpp"
#include "lang/program.hpp"

namespace engine {

// The stage: who reads an input of another comes after it, though no value waits for it (a server
// that names its key is made when the key is there). Soft: what would close a circle is left out.
void find_follows(const lang::Program& program, ResourceTable& table);

}
