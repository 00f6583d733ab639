#pragma once

#include "cli/context.hpp"
#include "engine/run/deployment.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace cli {

class Args;

// Variables of the environment that give a value to a program begin so.
inline constexpr std::string_view kGivenVariable = "PROVISIONING_SET_";

// What a program is given from outside: of several for one place, a variable counts less than a
// file, a file less than a later one, and --set most.
struct GivenOptions {
    std::vector<std::string> settings;      // --set PATH=EXPR
    std::vector<std::string> definitions;   // --define PATH=EXPR
    std::vector<std::string> files;         // --var-file FILE

    bool empty() const { return settings.empty() && definitions.empty() && files.empty(); }
};
void declare_given_options(Args& args, GivenOptions& options);
// With the variables PROVISIONING_SET_a__b, which say what --set a.b=… says.
base::Result<std::vector<lang::Given>> read_given(const GivenOptions& options);

// Whether it is about inputs without a value.
bool lacks_inputs(const base::Error& error);
// Asks a person for each input that has no value, and adds what was said. Cancelled or
// InvalidArgument when there is no answer, or none that fits.
base::Result<void> ask_inputs(Context& context, engine::Deployment& deployment,
                              std::vector<lang::Given>& given);

}
