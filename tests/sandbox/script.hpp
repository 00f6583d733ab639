#pragma once

#include "shapes.hpp"

#include <set>
#include <string>
#include <string_view>
#include <vector>

// A conversation with a cloud (see README.md): what is asked, and what comes back.
namespace script {

struct Outcome {
    std::string text;                    // the file as it should be
    std::vector<std::string> problems;   // answers that do not fit their shape, and the like
    std::set<std::string> answered;      // "GET /servers/{id}": routes that answered with success
};

Outcome run(std::string_view text, const shapes::Shapes& shapes);

}
