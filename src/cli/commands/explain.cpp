#include "base/text.hpp"
#include "cli/args.hpp"
#include "cli/command.hpp"
#include "cli/context.hpp"
#include "cli/error_pages.hpp"
#include "cli/markdown.hpp"
#include "cli/views/json.hpp"
#include "cli/views/table.hpp"
#include "embedded/cli.hpp"

#include <fmt/core.h>

namespace cli::explain {

class Explain final : public Command {
public:
    void declare(Args& args) override {
        args.positional("CODE", &code_,
                        "a kind of error, as \"MissingFieldDef\"; none: all of them are listed");
    }

    base::Result<int> run(Context& context) override {
        const std::vector<ErrorPage> pages = error_pages();
        if (!code_) return list(context, pages);
        const ErrorPage* page = find_page(pages, *code_);
        if (page == nullptr) return unknown(pages);
        if (context.json()) {
            print_json(context,
                       json::Object{{"format", 1}, {"kind", page->kind}, {"manual", page->text}});
        } else {
            context.out().write(render_markdown(fmt::format("# {}\n\n{}\n", page->kind, page->text),
                                                context.out_terminal()));
        }
        return 0;
    }

private:
    static base::Result<int> list(Context& context, const std::vector<ErrorPage>& pages) {
        if (context.json()) {
            print_json(context, json::Object{{"format", 1},
                                             {"kinds", json_list(pages, [](const ErrorPage& page) {
                                                  return json::Object{{"kind", page.kind},
                                                                      {"summary", page.summary}};
                                              })}});
            return 0;
        }
        Table table({"KIND", "MEANING"});
        for (const ErrorPage& page : pages) {
            table.add({std::string(page.kind), std::string(page.summary)});
        }
        table.print(context);
        return 0;
    }

    base::Result<int> unknown(const std::vector<ErrorPage>& pages) const {
        std::vector<std::string> names;
        for (const ErrorPage& page : pages) {
            names.emplace_back(page.kind.substr(page.kind.find("::") + 2));
        }
        std::string help = base::did_you_mean(*code_, names);
        return usage_error(fmt::format("there is no kind of error `{}`", *code_),
                           help.empty() ? "`provisioning explain` lists them" : std::move(help));
    }

    std::optional<std::string> code_;
};

const Register<Explain> registration{{
    .path = "explain",
    .summary = "explain a kind of error in a program",
    .manual = embedded::explain_md,
}};

}
