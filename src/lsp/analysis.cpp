#include "lsp/analysis.hpp"

namespace lsp {

namespace {

class Collector final : public Visitor {
public:
    explicit Collector(std::unordered_map<Pos, Definition>& definitions)
        : definitions_(definitions) {}

    void enter(const ast::Node& node) override {
        if (node.kind != ast::Kind::Record) return;
        const auto& record = static_cast<const ast::Record&>(node);
        std::unordered_map<std::uint32_t, Pos> first;
        for (const ast::FieldDef& field : record.fields) {
            const ast::PathElement& name = field.path.front();
            if (name.dynamic != nullptr) continue;
            const auto [known, is_new] = first.emplace(name.name.id, name.span.begin);
            if (!is_new) {
                definitions_[known->second].more.push_back(&field);
                continue;
            }
            Definition& made = definitions_[name.span.begin];
            made = {.name = name.name, .span = name.span, .field = &field};
            if (field.path.size() == 1) {
                made.annotations = field.annotations;
                made.value = field.value;
            }
        }
    }
    void include(const ast::Record&, const ast::IncludeDef& include) override {
        definitions_[include.span.begin] = {.name = include.name,
                                            .span = include.span,
                                            .annotations = include.annotations,
                                            .include = &include};
    }
    void pattern(const ast::Pattern& pattern, const ast::Annotations* about,
                 const ast::Node* value) override {
        if (pattern.alias.id == 0) return;
        // An alias stands before its pattern.
        const auto length = static_cast<Pos>(pattern.alias.text().size());
        definitions_[pattern.span.begin] = {
            .name = pattern.alias,
            .span = {pattern.span.begin, pattern.span.begin + length},
            .annotations = about,
            .value = value};
    }

private:
    std::unordered_map<Pos, Definition>& definitions_;
};

class Finder final : public Visitor {
public:
    explicit Finder(Pos pos) : pos_(pos) {}

    void enter(const ast::Node& node) override {
        stack_.push_back({&node, nullptr, nullptr});
        if (covers(node.span)) best.steps = stack_;
    }
    void leave(const ast::Node&) override { stack_.pop_back(); }
    void enter_field(const ast::Record&, const ast::FieldDef& field) override {
        stack_.back().field = &field;
        for (std::size_t i = 0; i < field.path.size(); ++i) {
            if (!covers(field.path[i].span)) continue;
            best.steps = stack_;
            best.on_field = &field;
            best.element = i;
        }
    }
    void leave_field(const ast::Record&, const ast::FieldDef&) override {
        stack_.back().field = nullptr;
    }
    void include(const ast::Record&, const ast::IncludeDef& include) override {
        const auto length = static_cast<Pos>(include.name.text().size());
        if (!covers({include.span.begin, include.span.begin + length})) return;
        best.steps = stack_;
        best.on_include = &include;
    }
    void enter_binding(const ast::Binding& binding) override { stack_.back().binding = &binding; }
    void leave_binding(const ast::Binding&) override { stack_.back().binding = nullptr; }
    void pattern(const ast::Pattern& pattern, const ast::Annotations*, const ast::Node*) override {
        const auto length = static_cast<Pos>(pattern.alias.text().size());
        if (pattern.alias.id == 0 || !covers({pattern.span.begin, pattern.span.begin + length}))
            return;
        best.steps = stack_;
        best.on_pattern = &pattern;
    }

    Spot best;

private:
    // The end belongs to it: the cursor behind a name is on it.
    bool covers(Span span) const { return span.begin <= pos_ && pos_ <= span.end; }

    Pos pos_;
    std::vector<Spot::Step> stack_;
};

}

Analysis::Analysis(std::string path, std::string text, bool is_library)
    : path_(std::move(path)), is_library_(is_library), symbols_(meter_),
      source_(sources_.add(path_, std::move(text))) {
    const lang::SymbolScope scope(symbols_);
    if (source_ == nullptr) source_ = sources_.add(path_, "");
    parsed_ = lang::parse(*source_, arena_);
    const std::vector<Symbol> globals{Symbol::of("std")};
    names_ = lang::resolve::resolve(parsed_.root, globals);
    Collector collector(definitions_);
    walk(parsed_.root, collector);
}

const ast::Node* Analysis::value() const {
    const ast::Node* node = parsed_.root;
    while (is_library_ && node->kind == ast::Kind::Fun) {
        node = static_cast<const ast::Fun*>(node)->body;
    }
    return node;
}

std::string_view Analysis::text(Span span) const {
    if (!span.exists() || span.end < span.begin) return {};
    return std::string_view(source_->text).substr(offset(span.begin), span.end - span.begin);
}

Symbol Analysis::symbol(std::string_view name) const {
    const lang::SymbolScope scope(symbols_);
    return Symbol::of(name);
}

const Definition* Analysis::definition_at(Pos name) const {
    const auto found = definitions_.find(name);
    return found == definitions_.end() ? nullptr : &found->second;
}

const Definition* Analysis::definition(ast::BindingId binding) const {
    if (binding == 0 || binding >= names_.bindings.size()) return nullptr;
    return definition_at(names_[binding].span.begin);
}

Spot find_spot(const Analysis& file, Pos pos) {
    Finder finder(pos);
    walk(file.root(), finder);
    return std::move(finder.best);
}

}
