#include "base/process/environment.hpp"

#include <string_view>

#include <unistd.h>

namespace base {
namespace {

// Gives each name and text to `take` until that answers true.
template <typename Take>
void look_through(const Take& take) {
    // Read without a lock: nothing in this program calls setenv() once threads run.
    for (char** line = ::environ; line != nullptr && *line != nullptr; ++line) {
        const std::string_view text = *line;
        const std::size_t equals = text.find('=');
        // Some shells hand on lines without a text: they name nothing.
        if (equals == std::string_view::npos) continue;
        if (take(text.substr(0, equals), text.substr(equals + 1))) return;
    }
}

}

std::optional<std::string> environment_variable(const std::string& name) {
    std::optional<std::string> found;
    look_through([&](std::string_view each, std::string_view text) {
        if (each == name) found = text;
        return found.has_value();
    });
    return found;
}

std::map<std::string, std::string, std::less<>> environment_variables() {
    std::map<std::string, std::string, std::less<>> all;
    look_through([&](std::string_view name, std::string_view text) {
        all.emplace(name, text);
        return false;
    });
    return all;
}

}
