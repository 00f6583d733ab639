#pragma once

#include "base/result.hpp"

#include <string>
#include <string_view>
#include <vector>

// XML as services answer it. Not all of it: there is no DTD and hence no entity but the five of
// XML itself, and what nests too deep or has too many parts is refused, as answers come from
// outside.
namespace providers::aws {

struct XmlElement {
    std::string name;   // without its namespace's prefix
    std::string text;   // all of it that is directly inside
    std::vector<XmlElement> children;

    // The first child of that name; null: there is none.
    const XmlElement* child(std::string_view named) const;
    std::string_view text_of(std::string_view child_name) const;   // "": there is none
};

struct XmlLimits {
    std::size_t max_depth = 64;
    std::size_t max_elements = 2'000'000;
};

// InvalidArgument for what is no XML or goes beyond a limit.
base::Result<XmlElement> read_xml(std::string_view text, const XmlLimits& limits = {});

}
