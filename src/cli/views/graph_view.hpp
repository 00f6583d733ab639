#pragma once

#include "engine/plan/plan.hpp"
#include "json/value.hpp"

#include <string>
#include <vector>

namespace cli {

// What depends on what, ready to be drawn.
struct Graph {
    struct Node {
        std::string address;
        std::string type;
        engine::StepAction action = engine::StepAction::None;
        std::vector<std::size_t> needs;   // indexes of nodes
        std::size_t layer = 0;            // 0 needs nothing
    };
    std::vector<Node> nodes;   // by address
};

Graph graph_of(const engine::Plan& plan);

// Each resource with what it needs beneath it; a part that was shown before is not shown again.
std::string graph_text(const Graph& graph);
std::string graph_dot(const Graph& graph);
json::Value graph_record(const Graph& graph);
// One HTML page with a drawing in SVG; nothing is loaded from anywhere.
std::string graph_html(const Graph& graph, const std::string& title);

}
