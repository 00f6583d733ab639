#include "base/text.hpp"
#include "cli/args.hpp"
#include "cli/command.hpp"
#include "cli/known_providers.hpp"
#include "cli/views/json.hpp"
#include "cli/views/schema_view.hpp"
#include "embedded/cli.hpp"

#include <fmt/core.h>

namespace cli::provider_show {

class ProviderShow final : public Command {
public:
    void declare(Args& args) override {
        args.positional("NAME", &name_, "of the provider, as \"hetzner\"");
    }

    base::Result<int> run(Context& context) override {
        const KnownProviders known = TRY(known_providers(context));
        std::vector<std::string> names;
        for (const provider::Provider* one : known.registry->providers()) {
            if (one->schema().provider == name_) return show(context, one->schema());
            names.push_back(one->schema().provider);
        }
        const std::string help = base::did_you_mean(name_, names);
        return base::Error(base::Code::FailedPrecondition,
                           fmt::format("there is no provider `{}`", name_))
            .with_help(help.empty() ? "there is: " + base::join(names, ", ") : help);
    }

private:
    static base::Result<int> show(Context& context, const provider::Schema& schema) {
        std::vector<const provider::ResourceType*> types;
        const provider::ResourceType* connection = nullptr;
        for (const provider::ResourceType& type : schema.types) {
            if (type.is_connection) connection = &type;
            types.push_back(&type);
        }
        if (context.json()) {
            print_json(context, json::Object{{"format", 1},
                                             {"name", schema.provider},
                                             {"description", schema.doc},
                                             {"schema", types_record(types)}});
            return 0;
        }
        const Terminal& terminal = context.out_terminal();
        context.out().line("{}  {}", terminal.paint(Color::Bold, schema.provider), schema.doc);
        context.out().line("import \"provisioning/{}.ncl\"\n", schema.provider);
        if (connection != nullptr) context.out().write(type_page(*connection, terminal) + "\n");
        std::erase(types, connection);
        context.out().write(type_list(types, terminal));
        return 0;
    }

    std::string name_;
};

const Register<ProviderShow> registration{{
    .path = "provider show",
    .summary = "show how to connect to a platform, and what it has",
    .manual = embedded::provider_show_md,
}};

}
