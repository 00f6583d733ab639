#include "base/text.hpp"
#include "cli/command.hpp"
#include "cli/context.hpp"
#include "cli/environment.hpp"
#include "embedded/cli.hpp"

#include <algorithm>

namespace cli::show_settings {

namespace {

// Variables of ours that name no setting: most likely misspelt.
std::vector<std::string> unknown_variables() {
    std::vector<std::string> names = environment_names("PROVISIONING_");
    std::erase_if(names, [](const std::string& name) {
        const auto& specs = setting_specs();
        return std::any_of(specs.begin(), specs.end(),
                           [&](const SettingSpec& spec) { return variable_of(spec.name) == name; });
    });
    return names;
}

std::string json_value(const Setting& setting) {
    const SettingType type = setting.spec->type;
    const bool bare = type == SettingType::Number || type == SettingType::Switch;
    return bare ? setting.value : base::quote_json(setting.value);
}

void print_json(Context& context) {
    context.out().write("{\"settings\": {");
    std::string_view separator = "\n";
    for (const Setting& setting : context.settings().all()) {
        context.out().print("{}  {}: {{\"value\": {}, \"origin\": {}}}", separator,
                            base::quote_json(setting.spec->name), json_value(setting),
                            base::quote_json(setting.origin));
        separator = ",\n";
    }
    context.out().write("\n}}\n");
}

void print_text(Context& context) {
    std::size_t name_width = 0;
    std::size_t value_width = 0;
    for (const Setting& setting : context.settings().all()) {
        name_width = std::max(name_width, setting.spec->name.size());
        value_width = std::max(value_width, base::display_width(setting.value));
    }
    for (const Setting& setting : context.settings().all()) {
        const bool is_default = setting.origin == "default";
        context.out().line(
            "{}  {}  {}", base::pad_to_width(setting.spec->name, name_width),
            base::pad_to_width(setting.value, value_width),
            context.out_terminal().paint(is_default ? Color::Dim : Color::Green, setting.origin));
    }
}

}

class ShowSettings final : public Command {
public:
    base::Result<int> run(Context& context) override {
        if (context.json()) {
            print_json(context);
        } else {
            print_text(context);
        }
        for (const std::string& name : unknown_variables()) {
            std::vector<std::string> known;
            for (const SettingSpec& spec : setting_specs()) known.push_back(variable_of(spec.name));
            const std::string help = base::did_you_mean(name, known);
            context.err().line("warning: {} names no setting{}{}", name, help.empty() ? "" : "; ",
                               help);
        }
        return 0;
    }
};

const Register<ShowSettings> registration{{
    .path = "settings",
    .summary = "show the settings and where each comes from",
    .manual = embedded::settings_md,
}};

}
