#include "base/fs.hpp"
#include "cli/args.hpp"
#include "cli/command.hpp"
#include "cli/session.hpp"
#include "cli/views/graph_view.hpp"
#include "embedded/cli.hpp"

#include <fmt/core.h>

namespace cli::graph {

class GraphCommand final : public Command {
public:
    void declare(Args& args) override {
        args.flag("dot", dot_, "in the language of Graphviz");
        args.flag("html", html_, "as one HTML page with a drawing");
        declare_set(args, wanted_.settings);
    }

    base::Result<int> run(Context& context) override {
        auto session = TRY(Session::open(context));
        wanted_.refresh = false;
        wanted_.graph = true;
        const engine::Plan plan = TRY(session->plan(wanted_));
        Graph graph = graph_of(plan);
        if (context.json()) {
            context.out().line("{}", graph_json(graph));
        } else if (dot_) {
            context.out().write(graph_dot(graph));
        } else if (html_) {
            context.out().write(graph_html(
                graph, fmt::format("{} ({})", base::file_name(session->workspace().folder()),
                                   session->environment())));
        } else {
            context.out().write(graph_text(graph));
        }
        return 0;
    }

private:
    Session::PlanOptions wanted_;
    bool dot_ = false;
    bool html_ = false;
};

const Register<GraphCommand> registration{{
    .path = "graph",
    .summary = "show which resource needs which",
    .manual = embedded::graph_md,
}};

}
