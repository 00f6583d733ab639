#include "base/text.hpp"
#include "cli/command.hpp"
#include "cli/context.hpp"
#include "cli/environment.hpp"
#include "cli/given.hpp"
#include "cli/views/json.hpp"
#include "embedded/cli.hpp"

#include <algorithm>

namespace cli::show_settings {

namespace {

// Variables of ours that name no setting: most likely misspelt.
// Warned of and not refused: a variable may be for another version of the program.
std::vector<std::string> unknown_variables() {
    std::vector<std::string> names = environment_names("PROVISIONING_");
    std::erase_if(names, [](const std::string& name) {
        if (name.starts_with(kGivenVariable)) return true;   // for the program
        const auto& specs = setting_specs();
        return std::any_of(specs.begin(), specs.end(),
                           [&](const SettingSpec& spec) { return variable_of(spec.name) == name; });
    });
    return names;
}

json::Value record_of(const Setting& setting) {
    const SettingType type = setting.spec->type;
    json::Value value(setting.value);
    if (type == SettingType::Number) value = json::Value::number(setting.value);
    if (type == SettingType::Switch) value = setting.value == "true";
    return json::Object{{"value", std::move(value)}, {"origin", setting.origin}};
}

void print_records(Context& context) {
    json::Object settings;
    for (const Setting& setting : context.settings().all()) {
        settings.set(std::string(setting.spec->name), record_of(setting));
    }
    print_json(context, json::Object{{"settings", std::move(settings)}});
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
            print_records(context);
        } else {
            print_text(context);
        }
        for (const std::string& text : context.settings().without_effect()) {
            context.err().line("note: {}", text);
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
