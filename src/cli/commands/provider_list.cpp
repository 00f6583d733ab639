#include "cli/args.hpp"
#include "cli/command.hpp"
#include "cli/known_providers.hpp"
#include "cli/views/json.hpp"
#include "cli/views/schema_view.hpp"
#include "cli/views/table.hpp"
#include "embedded/cli.hpp"

#include <fmt/core.h>

#include <algorithm>

namespace cli::provider_list {

class ProviderList final : public Command {
public:
    base::Result<int> run(Context& context) override {
        const KnownProviders known = TRY(known_providers(context));
        Table table({"NAME", "TYPES", "WHAT IT IS FOR"});
        json::Array records;
        for (const provider::Provider* one : known.registry->providers()) {
            const provider::Schema& schema = one->schema();
            const auto is_resource = [](const provider::ResourceType& type) {
                return !type.is_connection;
            };
            const auto types = std::ranges::count_if(schema.types, is_resource);
            table.add({schema.provider, fmt::format("{}", types),
                       std::string(first_sentence(schema.doc))});
            records.push_back(
                json::Object{{"name", schema.provider},
                             {"types", static_cast<std::int64_t>(types)},
                             {"accounts", provider::ProviderRegistry::has_accounts(*one)},
                             {"description", schema.doc}});
        }
        if (context.json()) {
            print_json(context, json::Object{{"format", 1}, {"providers", std::move(records)}});
        } else {
            table.print(context);
        }
        return 0;
    }
};

const Register<ProviderList> registration{{
    .path = "provider list",
    .summary = "list the platforms that resources can be at",
    .manual = embedded::provider_list_md,
}};

}
