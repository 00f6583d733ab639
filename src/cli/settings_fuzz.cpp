#include "cli/settings.hpp"

#include <cstdint>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    cli::Settings settings;
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    const auto author =
        size % 2 == 0 ? cli::Settings::Author::Person : cli::Settings::Author::Workspace;
    if (!settings.read_text(text, "settings.toml", author)) return 0;
    // What was accepted can be used.
    for (const cli::SettingSpec& spec : cli::setting_specs()) {
        if (spec.type == cli::SettingType::Number) settings.number(spec.name);
    }
    return 0;
}
