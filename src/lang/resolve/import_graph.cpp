#include "lang/resolve/import_graph.hpp"

#include <algorithm>
#include <utility>

namespace lang::resolve {

ImportGraph::FileId ImportGraph::add(std::string name, ast::ImportFormat format) {
    files_.push_back({std::move(name), format, {}});
    return static_cast<FileId>(files_.size() - 1);
}

void ImportGraph::connect(FileId from, FileId to, Span span) {
    files_[from].imports.push_back({from, to, span});
}

namespace {

// A file that is being walked, and the next of its imports.
struct Open {
    ImportGraph::FileId file = 0;
    std::size_t next = 0;
};

}

// Depth first with a stack of its own: a chain of ten thousand imports is no reason to crash.
std::vector<ImportGraph::FileId> ImportGraph::loading_order(FileId root) const {
    std::vector<FileId> order;
    std::vector<bool> seen(files_.size());
    std::vector<Open> open{{root}};
    seen[root] = true;
    while (!open.empty()) {
        Open& top = open.back();
        const auto& imports = files_[top.file].imports;
        if (top.next == imports.size()) {
            order.push_back(top.file);
            open.pop_back();
            continue;
        }
        const FileId to = imports[top.next++].to;
        if (seen[to]) continue;
        seen[to] = true;
        open.push_back({to});
    }
    return order;
}

std::vector<ImportGraph::Edge> ImportGraph::way_to(FileId root, FileId file) const {
    std::vector<bool> seen(files_.size());
    std::vector<Open> open{{root}};
    seen[root] = true;
    // The stack is the way, when the file is found: no parents have to be kept.
    while (!open.empty() && open.back().file != file) {
        Open& top = open.back();
        const auto& imports = files_[top.file].imports;
        if (top.next == imports.size()) {
            open.pop_back();
            continue;
        }
        const FileId to = imports[top.next++].to;
        if (seen[to]) continue;
        seen[to] = true;
        open.push_back({to});
    }
    std::vector<Edge> way;
    for (std::size_t i = 0; i + 1 < open.size(); ++i)
        way.push_back(files_[open[i].file].imports[open[i].next - 1]);
    return way;
}

// Tarjan's components, with the stack of the walk made explicit.
std::vector<std::vector<ImportGraph::FileId>> ImportGraph::cycles() const {
    constexpr std::uint32_t kNone = 0xFFFFFFFF;
    std::vector<std::vector<FileId>> cycles;
    std::vector<std::uint32_t> index(files_.size(), kNone), low(files_.size());
    std::vector<bool> on_stack(files_.size());
    std::vector<FileId> stack;
    std::uint32_t count = 0;
    std::vector<Open> open;
    const auto enter = [&](FileId file) {
        index[file] = low[file] = count++;
        stack.push_back(file);
        on_stack[file] = true;
        open.push_back({file});
    };
    const auto leave = [&](FileId file) {
        open.pop_back();
        if (!open.empty()) low[open.back().file] = std::min(low[open.back().file], low[file]);
        // Something below leads back above it: the group is closed by that one.
        if (low[file] != index[file]) return;
        std::vector<FileId> group;
        for (bool is_last = false; !is_last; stack.pop_back()) {
            is_last = stack.back() == file;
            on_stack[stack.back()] = false;
            group.push_back(stack.back());
        }
        const bool needs_itself = std::ranges::any_of(
            files_[file].imports, [&](const Edge& edge) { return edge.to == file; });
        // A component of one is no circle, unless the file imports itself.
        if (group.size() == 1 && !needs_itself) return;
        // In the order in which files were added, which is that of the program: messages do not
        // depend on the walk.
        std::ranges::sort(group);
        cycles.push_back(std::move(group));
    };
    for (FileId root = 0; root < files_.size(); ++root) {
        if (index[root] == kNone) enter(root);
        while (!open.empty()) {
            Open& top = open.back();
            const FileId file = top.file;
            if (top.next == files_[file].imports.size()) {
                leave(file);
                continue;
            }
            const FileId to = files_[file].imports[top.next++].to;
            if (index[to] == kNone) {
                enter(to);
            } else if (on_stack[to]) {
                low[file] = std::min(low[file], index[to]);
            }
        }
    }
    return cycles;
}

}
