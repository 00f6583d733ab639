#include "cli/command.hpp"

#include <algorithm>

namespace cli {

// Constant-initialised, so that it is there before the first registration runs.
// The order of initialisation across files is not defined (and linkers differ): the head has to be
// there before all of them.
static constinit const Registration* list_head = nullptr;

Registration::Registration(const CommandSpec& spec, Create create)
    : spec_(spec), create_(create), next_(list_head) {
    list_head = this;
}

const Registration* first_command() { return list_head; }

std::vector<const Registration*> all_commands() {
    std::vector<const Registration*> commands;
    for (const Registration* node = list_head; node != nullptr; node = node->next()) {
        commands.push_back(node);
    }
    // By path, because the linker's order is nobody's.
    std::sort(commands.begin(), commands.end(), [](const Registration* a, const Registration* b) {
        return a->spec().path < b->spec().path;
    });
    return commands;
}

const Registration* find_command(std::string_view path) {
    for (const Registration* node = list_head; node != nullptr; node = node->next()) {
        if (node->spec().path == path) return node;
        if (!path.empty() && node->spec().alias == path) return node;
    }
    return nullptr;
}

}
