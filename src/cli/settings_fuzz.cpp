#include "cli/settings.hpp"

#include <cstdint>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    cli::Settings settings;
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    if (!settings.read_text(text, "settings.toml")) return 0;
    // What was accepted can be used.
    for (const cli::SettingSpec& spec : cli::setting_specs()) {
        if (spec.type == cli::SettingType::Number) settings.number(spec.name);
    }
    return 0;
}
