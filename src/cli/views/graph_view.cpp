#include "cli/views/graph_view.hpp"

#include "base/text.hpp"
#include "cli/views/json.hpp"

#include <fmt/core.h>

#include <algorithm>

namespace cli {
namespace {

using engine::StepAction;

// Layers by longest path; nodes are visited after all that they need (outputs know no cycles).
// Kahn's algorithm; a layer is one more than the highest that it needs.
void number_layers(Graph& graph) {
    std::vector<std::size_t> waits(graph.nodes.size(), 0);
    std::vector<std::vector<std::size_t>> needed_by(graph.nodes.size());
    std::vector<std::size_t> ready;
    for (std::size_t i = 0; i < graph.nodes.size(); ++i) {
        waits[i] = graph.nodes[i].needs.size();
        for (std::size_t need : graph.nodes[i].needs) needed_by[need].push_back(i);
        if (waits[i] == 0) ready.push_back(i);
    }
    // It grows while it is walked.
    for (std::size_t at = 0; at < ready.size(); ++at) {
        for (std::size_t next : needed_by[ready[at]]) {
            graph.nodes[next].layer =
                std::max(graph.nodes[next].layer, graph.nodes[ready[at]].layer + 1);
            if (--waits[next] == 0) ready.push_back(next);
        }
    }
}

std::string mark_of(StepAction action) {
    switch (action) {
        case StepAction::Create: return "+ ";
        case StepAction::Update: return "~ ";
        case StepAction::MayReplace:
        case StepAction::Replace: return "± ";
        case StepAction::Delete: return "- ";
        case StepAction::None: break;
    }
    return "";
}

std::string_view color_of(StepAction action) {
    switch (action) {
        case StepAction::Create: return "#2f9e44";
        case StepAction::Update: return "#e8a500";
        case StepAction::MayReplace:
        case StepAction::Replace: return "#ae3ec9";
        case StepAction::Delete: return "#e03131";
        case StepAction::None: break;
    }
    return "#868e96";
}

// Iterative: a chain may be as long as the program likes.
// Each is shown with what it needs once; afterwards only by name, else a diamond of n layers would
// be 2^n lines.
void append_tree(std::string& out, const Graph& graph, std::size_t root, std::vector<bool>& shown) {
    struct Frame {
        std::size_t node;
        std::string indent;
        bool is_last;
        bool is_root;
    };
    std::vector<Frame> stack{{root, "", true, true}};
    while (!stack.empty()) {
        Frame frame = std::move(stack.back());
        stack.pop_back();
        const Graph::Node& node = graph.nodes[frame.node];
        std::string branch = frame.is_root ? "" : frame.is_last ? "└─ " : "├─ ";
        // What needs nothing is a line either way.
        bool again = shown[frame.node] && !node.needs.empty();
        out += fmt::format("{}{}{}{}  {}{}\n", frame.indent, branch, mark_of(node.action),
                           base::escape_controls(node.address), node.type,
                           again ? "  (see above)" : "");
        if (again) continue;
        shown[frame.node] = true;
        std::string indent = frame.indent;
        if (!frame.is_root) indent += frame.is_last ? "   " : "│  ";
        // Deep chains would run off every screen.
        if (indent.size() > 300) {
            if (!node.needs.empty()) out += fmt::format("{}└─ … goes on\n", indent);
            continue;
        }
        // Backwards, as the stack turns them around.
        for (std::size_t i = node.needs.size(); i-- > 0;) {
            stack.push_back({node.needs[i], indent, i + 1 == node.needs.size(), false});
        }
    }
}

// In attributes and in text alike.
std::string escape_xml(std::string_view text) {
    std::string out = base::replace_all(base::escape_controls(text), "&", "&amp;");
    out = base::replace_all(out, "<", "&lt;");
    return base::replace_all(out, "\"", "&quot;");
}

}

Graph graph_of(const engine::Plan& plan) {
    Graph graph;
    const std::vector<engine::PlannedResource>& all = plan.resources;   // by address
    for (const engine::PlannedResource& resource : all) {
        Graph::Node node{.address = resource.address,
                         .type = resource.type,
                         .action = resource.action,
                         .needs = {},
                         .layer = 0};
        for (const std::string& address : resource.needs) {
            const auto found =
                std::ranges::lower_bound(all, address, {}, &engine::PlannedResource::address);
            // What is no resource of this plan (a connection, a part of itself) has no node.
            if (found == all.end() || found->address != address || address == resource.address) {
                continue;
            }
            node.needs.push_back(static_cast<std::size_t>(found - all.begin()));
        }
        std::sort(node.needs.begin(), node.needs.end());
        node.needs.erase(std::unique(node.needs.begin(), node.needs.end()), node.needs.end());
        graph.nodes.push_back(std::move(node));
    }
    number_layers(graph);
    return graph;
}

std::string graph_text(const Graph& graph) {
    std::vector<bool> needed(graph.nodes.size(), false);
    for (const Graph::Node& node : graph.nodes) {
        for (std::size_t need : node.needs) needed[need] = true;
    }
    std::string out;
    std::vector<bool> shown(graph.nodes.size(), false);
    // From those that nothing needs downwards.
    for (std::size_t i = 0; i < graph.nodes.size(); ++i) {
        if (!needed[i]) append_tree(out, graph, i, shown);
    }
    return out;
}

std::string graph_dot(const Graph& graph) {
    // For Graphviz, which does the layout; names are quoted as JSON is, which DOT takes.
    std::string out = "digraph resources {\n  rankdir = \"LR\";\n  node [shape = \"box\"];\n";
    for (const Graph::Node& node : graph.nodes) {
        out +=
            fmt::format("  {} [label = {}, color = \"{}\"];\n", base::quote_json(node.address),
                        base::quote_json(node.address + "\n" + node.type), color_of(node.action));
        for (std::size_t need : node.needs) {
            out += fmt::format("  {} -> {};\n", base::quote_json(node.address),
                               base::quote_json(graph.nodes[need].address));
        }
    }
    return out + "}\n";
}

json::Value graph_record(const Graph& graph) {
    const auto record_of = [&](const Graph::Node& node) {
        return json::Object{{"address", node.address},
                            {"type", node.type},
                            {"action", name_of(node.action)},
                            {"needs", json_list(node.needs, [&](std::size_t need) {
                                 return graph.nodes[need].address;
                             })}};
    };
    return json::Object{{"format", 1}, {"nodes", json_list(graph.nodes, record_of)}};
}

std::string graph_html(const Graph& graph, const std::string& title) {
    constexpr std::size_t kWidth = 220;
    constexpr std::size_t kHeight = 44;
    constexpr std::size_t kGapX = 80;
    constexpr std::size_t kGapY = 16;
    std::vector<std::size_t> filled;
    std::vector<std::pair<std::size_t, std::size_t>> places;
    for (const Graph::Node& node : graph.nodes) {
        if (filled.size() <= node.layer) filled.resize(node.layer + 1, 0);
        // A column for each layer, from top to bottom in the order of addresses: nothing is moved
        // to avoid crossings.
        places.emplace_back(20 + node.layer * (kWidth + kGapX),
                            20 + filled[node.layer]++ * (kHeight + kGapY));
    }
    std::size_t tallest = filled.empty() ? 1 : *std::max_element(filled.begin(), filled.end());
    std::string edges;
    std::string boxes;
    for (std::size_t i = 0; i < graph.nodes.size(); ++i) {
        const Graph::Node& node = graph.nodes[i];
        auto [x, y] = places[i];
        for (std::size_t need : node.needs) {
            std::size_t x1 = places[need].first + kWidth;
            std::size_t y1 = places[need].second + kHeight / 2;
            // A curve that leaves and arrives level, so that many of them stay apart.
            std::size_t middle = (x1 + x) / 2;
            edges += fmt::format("<path d=\"M{} {} C{} {} {} {} {} {}\"/>\n", x1, y1, middle, y1,
                                 middle, y + kHeight / 2, x, y + kHeight / 2);
        }
        boxes += fmt::format("<g><title>{}</title><rect x=\"{}\" y=\"{}\" width=\"{}\" "
                             "height=\"{}\" rx=\"6\" stroke=\"{}\"/>"
                             "<text x=\"{}\" y=\"{}\">{}{}</text><text class=\"type\" x=\"{}\" "
                             "y=\"{}\">{}</text></g>\n",
                             escape_xml(node.address), x, y, kWidth, kHeight, color_of(node.action),
                             x + 10, y + 19, mark_of(node.action),
                             escape_xml(base::truncate_to_width(node.address, 28)), x + 10, y + 35,
                             escape_xml(node.type));
    }
    return fmt::format(
        "<!doctype html>\n<html lang=\"en\"><meta charset=\"utf-8\"><title>{}</title>\n<style>\n"
        "body {{ margin: 0; font: 13px system-ui, sans-serif; background: #fff; color: #212529 }}\n"
        "path {{ fill: none; stroke: #adb5bd; stroke-width: 1.5 }}\nrect {{ fill: #f8f9fa; "
        "stroke-width: 2 }}\n"
        ".type {{ fill: #868e96; font-size: 11px }}\n"
        "@media (prefers-color-scheme: dark) {{ body {{ background: #1a1b1e; color: #dee2e6 }} "
        "rect {{ fill: #25262b }} "
        "text {{ fill: #dee2e6 }} }}\n</style>\n<h1 style=\"font-size:16px;margin:12px "
        "20px\">{}</h1>\n"
        "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{}\" "
        "height=\"{}\">\n{}{}</svg>\n</html>\n",
        escape_xml(title), escape_xml(title), 40 + filled.size() * (kWidth + kGapX),
        40 + tallest * (kHeight + kGapY), edges, boxes);
}

}
