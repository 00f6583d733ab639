#pragma once

#include <functional>
#include <string>
#include <string_view>

namespace tidy {

// Tells each old word that stands in the line by itself, with what is said today.
void find_old_words(std::string_view path, std::string_view line,
                    const std::function<void(std::string what)>& tell);

// Whether a text in a line is no part of a longer name or path.
bool stands_alone(std::string_view line, std::string_view text, std::size_t at);

}
