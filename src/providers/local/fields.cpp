#include "providers/local/fields.hpp"

#include <algorithm>
#include <cstdio>

namespace providers::local {

bool is_changed(const provider::PlannedChange& planned, std::string_view input) {
    return std::find(planned.changed.begin(), planned.changed.end(), input) !=
           planned.changed.end();
}

std::optional<unsigned> parse_mode(std::string_view mode) {
    if (mode.size() < 3 || mode.size() > 5) return std::nullopt;
    unsigned bits = 0;
    for (const char digit : mode) {
        if (digit < '0' || digit > '7') return std::nullopt;
        bits = bits * 8 + static_cast<unsigned>(digit - '0');
    }
    if (bits > 07777) return std::nullopt;
    return bits;
}

std::string mode_text(unsigned bits, std::string_view recorded) {
    // "755" and "0755" are the same: what the program wrote is not a difference.
    if (parse_mode(recorded) == bits) return std::string(recorded);
    char out[16];
    std::snprintf(out, sizeof out, "%04o", bits);
    return out;
}

bool keeps_output(const value::Value& inputs) {
    return flag_of(inputs, "keep_output", !inputs.has_secret());
}

base::Result<void> refuse_tilde(const std::string& path) {
    if (!path.starts_with('~')) return {};
    return base::invalid_argument("`path` is \"" + path + "\": only a shell takes `~` for a folder")
        .with_help("write the folder out; one that is called so is \"./" + path + "\"");
}

}
