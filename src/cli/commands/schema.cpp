#include "base/fs.hpp"
#include "base/text.hpp"
#include "cli/args.hpp"
#include "cli/command.hpp"
#include "cli/context.hpp"
#include "cli/known_providers.hpp"
#include "cli/views/json.hpp"
#include "cli/views/schema_view.hpp"
#include "embedded/cli.hpp"

#include <fmt/core.h>

namespace cli::schema {

class Schema final : public Command {
public:
    void declare(Args& args) override {
        args.positional("TYPE", &type_, "a type, as \"local.File\", or a provider, as \"local\"");
        args.option("export", &folder_,
                    "write provisioning/*.ncl into this folder, for other Nickel tools")
            .value_name("DIR")
            .completes(Completes::Directory);
    }

    base::Result<int> run(Context& context) override {
        const KnownProviders known = TRY(known_providers(context));
        const provider::ProviderRegistry& registry = *known.registry;
        if (folder_) return write_modules(context, registry);
        std::vector<const provider::ResourceType*> types = TRY(wanted_types(registry));
        if (context.json()) {
            print_json(context, types_record(types));
        } else if (type_ && types.size() == 1) {
            context.out().write(type_page(*types.front(), context.out_terminal()));
        } else {
            context.out().write(type_list(types, context.out_terminal()));
        }
        return 0;
    }

private:
    base::Result<std::vector<const provider::ResourceType*>>
    wanted_types(const provider::ProviderRegistry& registry) const {
        std::vector<const provider::ResourceType*> types;
        std::vector<std::string> names = registry.type_names();
        for (const std::string& name : names) {
            if (!type_ || name == *type_ || name.starts_with(*type_ + "."))
                types.push_back(registry.type(name));
        }
        if (!types.empty() || !type_) return types;
        std::string help = base::did_you_mean(*type_, names);
        // Not NotFound: that ends with 66, which says that a file or a workspace is missing.
        return base::Error(base::Code::FailedPrecondition,
                           fmt::format("there is no type `{}`", *type_))
            .with_help(help.empty() ? "`provisioning schema` lists them" : std::move(help));
    }

    base::Result<int> write_modules(Context& context,
                                    const provider::ProviderRegistry& registry) const {
        const std::string folder = base::join_path(*folder_, "provisioning");
        TRY(base::make_directories(folder));
        // Other tools look for an import beside the file that has it.
        // Under provisioning/, as programs import them.
        TRY(base::write_file_atomic(base::join_path(folder, "prelude.ncl"),
                                    std::string(provider::prelude_source())));
        for (const provider::Provider* provider : registry.providers()) {
            const provider::Schema& schema = provider->schema();
            TRY(base::write_file_atomic(base::join_path(folder, schema.provider + ".ncl"),
                                        print_module(schema, "prelude.ncl")));
        }
        context.err().line("wrote {} into {}",
                           base::count_of(registry.providers().size() + 1, "module"), folder);
        return 0;
    }

    std::optional<std::string> type_;
    std::optional<std::string> folder_;
};

const Register<Schema> registration{{
    .path = "schema",
    .summary = "show the resource types, or write them out as Nickel modules",
    .manual = embedded::schema_md,
}};

}
