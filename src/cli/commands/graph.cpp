#include "base/fs.hpp"
#include "base/keep.hpp"
#include "cli/args.hpp"
#include "cli/deployment.hpp"
#include "cli/observer.hpp"
#include "cli/views/graph_view.hpp"
#include "cli/views/json.hpp"
#include "embedded/cli.hpp"

#include <fmt/core.h>

namespace cli::graph {

class GraphCommand final : public DeploymentCommand {
public:
    void declare(Args& args) override {
        args.flag("dot", dot_, "in the language of Graphviz");
        args.flag("html", html_, "as one HTML page with a drawing");
        declare_given(args);
    }

protected:
    base::Result<int> work(Context& context, engine::Deployment& deployment) override {
        TerminalObserver observer(context);
        // The program as it is written and recorded: a graph needs no look at the world.
        wanted_.refresh = false;
        wanted_.given = given();
        wanted_.graph = true;
        const engine::Planned& planned =
            base::kept_until_exit(TRY(engine::plan(deployment, wanted_, observer, {})));
        Graph graph = graph_of(planned.plan);
        if (context.json()) {
            print_json(context, graph_record(graph));
        } else if (dot_) {
            context.out().raw(graph_dot(graph));
        } else if (html_) {
            context.out().raw(graph_html(
                graph, fmt::format("{} ({})", base::file_name(deployment.workspace().folder()),
                                   deployment.environment())));
        } else {
            context.out().write(graph_text(graph));
        }
        return 0;
    }

private:
    engine::PlanRequest wanted_;
    bool dot_ = false;
    bool html_ = false;
};

const Register<GraphCommand> registration{{
    .path = "graph",
    .summary = "show which resource needs which",
    .manual = embedded::graph_md,
}};

}
