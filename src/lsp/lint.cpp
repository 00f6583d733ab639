#include "lsp/features.hpp"

#include <unordered_set>

// What is no mistake and still worth a look: names that nothing uses, and functions as contracts.
namespace lsp {

using ast::Kind;

namespace {

enum Severity { kWarning = 2, kHint = 4 };
constexpr int kUnnecessary = 1;   // shown faded

class Lint final : public Visitor {
public:
    Lint(Workbench& bench, const Analysis& file)
        : knowledge_(bench.project), file_(file), lines_(bench.lines_of(file)) {}

    json::Array run() {
        walk(file_.root(), *this);
        for (const Bound& one : bound_) {
            if (used_.contains(one.binding)) continue;
            add(one.name, kHint, "`" + std::string(file_.text(one.name)) + "` is never used");
        }
        return std::move(found_);
    }

    void enter(const ast::Node& node) override {
        if (node.kind == Kind::Var) used_.insert(static_cast<const ast::Var&>(node).binding);
        if (node.kind == Kind::Annotated) {
            contracts(static_cast<const ast::Annotated&>(node).annotations);
        }
    }
    void enter_field(const ast::Record&, const ast::FieldDef& field) override {
        contracts(field.annotations);
    }
    void include(const ast::Record&, const ast::IncludeDef& include) override {
        used_.insert(include.binding);
        contracts(include.annotations);
    }
    void enter_binding(const ast::Binding& binding) override {
        contracts(binding.annotations);
        bind(*binding.pattern);
    }

private:
    struct Bound {
        ast::BindingId binding;
        Span name;
    };

    // A name that begins with `_` says itself that it is not used.
    void bind(const ast::Pattern& pattern) {
        if (pattern.alias.id != 0 && !pattern.alias.text().starts_with('_')) {
            const auto length = static_cast<Pos>(pattern.alias.text().size());
            bound_.push_back({pattern.binding, {pattern.span.begin, pattern.span.begin + length}});
        }
        if (pattern.argument != nullptr) bind(*pattern.argument);
        for (const ast::FieldPattern& field : pattern.fields) bind(*field.pattern);
        if (pattern.kind == ast::PatternKind::Or) return;   // they share their bindings
        for (const ast::Pattern* element : pattern.elements) bind(*element);
    }

    void contracts(const ast::Annotations* about) {
        if (about == nullptr) return;
        for (const ast::Node* contract : about->contracts) {
            const Expression what = knowledge_.behind_names({&file_, contract});
            if (what.node == nullptr || what.node->kind != Kind::Fun || what.file->is_library()) {
                continue;
            }
            add(contract->span, kWarning,
                "a plain function as a contract is deprecated: wrap it by "
                "`std.contract.from_validator` or `std.contract.custom`");
        }
    }

    void add(Span span, int severity, std::string message) {
        json::Object one{{"range", range_json(lines_.position(file_.offset(span.begin)),
                                              lines_.position(file_.offset(span.end)))},
                         {"severity", severity},
                         {"source", "provisioning"},
                         {"message", std::move(message)}};
        if (severity == kHint) one.set("tags", json::Array{kUnnecessary});
        found_.push_back(std::move(one));
    }

    Knowledge knowledge_;
    const Analysis& file_;
    Text lines_;
    std::unordered_set<ast::BindingId> used_;
    std::vector<Bound> bound_;
    json::Array found_;
};

}

json::Array lint(Workbench& bench, const Analysis& file) { return Lint(bench, file).run(); }

}
