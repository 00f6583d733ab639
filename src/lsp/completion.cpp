#include "base/fs.hpp"
#include "lang/syntax/quoting.hpp"
#include "lang/syntax/token.hpp"
#include "lsp/features.hpp"

#include <algorithm>
#include <map>
#include <set>

namespace lsp {

using ast::Kind;

namespace {

// What is completed is put into the text as a name that nobody has: so the parser says what it is.
constexpr std::string_view kHole = "zzCompletedHerezz";

bool is_word(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
           c == '-' || c == '\'';
}

enum Kinds {
    kFunction = 3,
    kField = 5,
    kVariable = 6,
    kModule = 9,
    kKeyword = 14,
    kFile = 17,
    kTag = 20
};

class Completion {
public:
    Completion(Workbench& bench, const Analysis& file) : knowledge_(bench.project), file_(file) {}

    json::Array run(Pos pos);

private:
    void add(const std::string& name, int kind, const std::string& detail, const std::string& doc,
             char order, bool needs_value);
    void field(const Known& known, char order, bool as_definition);
    void members(const ast::Access& access);
    void inputs(const Spot& spot);
    void scope(const Spot& spot);
    void tags(const Spot& spot);
    void keywords();

    Knowledge knowledge_;
    const Analysis& file_;
    std::set<std::string> seen_;
    json::Array items_;
};

void Completion::add(const std::string& name, int kind, const std::string& detail,
                     const std::string& doc, char order, bool as_definition) {
    if (name.find(kHole) != name.npos || !seen_.insert(name).second) return;
    json::Object item{{"label", name}, {"kind", kind}, {"sortText", std::string(1, order) + name}};
    if (!detail.empty()) item.set("detail", detail);
    if (!doc.empty()) {
        item.set("documentation", json::Object{{"kind", "markdown"}, {"value", doc}});
    }
    const bool as_it_is = kind == kKeyword || kind == kFile || kind == kTag;
    std::string text = as_it_is ? name : lang::quote_field(name);
    if (as_definition) text += " = ";
    if (text != name) item.set("insertText", text);
    items_.push_back(std::move(item));
}

bool is_optional(const Known& known) {
    const ast::Annotations* about = known.annotations();
    return about != nullptr && about->optional;
}
// An output of a resource: nobody sets it.
bool is_output(const Known& known) {
    const ast::Annotations* about = known.annotations();
    return about != nullptr && about->not_exported && !known.has_value();
}

void Completion::field(const Known& known, char order, bool as_definition) {
    const ast::Node* value = known.value();
    const int kind = known.module != nullptr                        ? kModule
                     : value != nullptr && value->kind == Kind::Fun ? kFunction
                                                                    : kField;
    const std::string text = describe(known);
    // The first line of code is the signature.
    const std::size_t begin = text.find('\n') + 1;
    add(std::string(known.name.text()), kind, text.substr(begin, text.find('\n', begin) - begin),
        text, order, as_definition);
}

void Completion::members(const ast::Access& access) {
    for (const Known& known : knowledge_.fields_of({&file_, access.object})) {
        field(known, 'b', false);
    }
}

// The name of a field is being written: what the record should have and has not, first what it
// must have.
void Completion::inputs(const Spot& spot) {
    const std::size_t step = spot.steps.size() - 1;
    Fields wanted = knowledge_.expected_fields(file_, spot, step);
    for (std::size_t i = 0; i < spot.element; ++i) {
        Fields inner;
        for (const Known& known : wanted) {
            if (known.name != spot.on_field->path[i].name) continue;
            std::ranges::copy(knowledge_.fields_of(known), std::back_inserter(inner));
        }
        wanted = std::move(inner);
    }
    const ast::Node* node = spot.innermost();
    if (node->kind == Kind::Record && spot.element == 0) {
        for (const ast::FieldDef& there : static_cast<const ast::Record*>(node)->fields) {
            if (there.path.size() == 1) seen_.insert(std::string(there.path[0].name.text()));
        }
    }
    for (const Known& known : wanted) {
        if (is_output(known)) continue;
        const char order = known.has_value() ? 'b' : is_optional(known) ? 'c' : 'a';
        field(known, order, true);
    }
}

void Completion::scope(const Spot& spot) {
    // From the inside out: an inner name hides an outer one.
    for (std::size_t i = spot.steps.size(); i-- > 0;) {
        const ast::Node* node = spot.steps[i].node;
        const auto variable = [&](const ast::Pattern& pattern, auto&& self) -> void {
            if (pattern.alias.id != 0) {
                const Definition* own = file_.definition_at(pattern.span.begin);
                add(std::string(pattern.alias.text()), kVariable, "",
                    own != nullptr ? describe(*own, file_) : "", 'a', false);
            }
            if (pattern.argument != nullptr) self(*pattern.argument, self);
            for (const ast::FieldPattern& inner : pattern.fields) self(*inner.pattern, self);
            for (const ast::Pattern* inner : pattern.elements) self(*inner, self);
        };
        if (node->kind == Kind::Let) {
            const auto& let = static_cast<const ast::Let&>(*node);
            for (const ast::Binding& binding : let.bindings) {
                const bool within = spot.steps[i].binding == &binding;
                if (!within || let.recursive) variable(*binding.pattern, variable);
            }
        } else if (node->kind == Kind::Fun) {
            for (const ast::Pattern* parameter : static_cast<const ast::Fun&>(*node).parameters) {
                variable(*parameter, variable);
            }
        } else if (node->kind == Kind::Match) {
            const Span hole = spot.innermost()->span;
            for (const ast::Branch& branch : static_cast<const ast::Match&>(*node).branches) {
                const bool within = branch.span.begin <= hole.begin && hole.end <= branch.span.end;
                if (within) variable(*branch.pattern, variable);
            }
        } else if (node->kind == Kind::Record) {
            for (const Known& known : knowledge_.fields_of({&file_, node})) {
                if (lang::is_plain_field(known.name.text())) field(known, 'a', false);
            }
        }
    }
}

// Where the contract is an enum: what it may be.
void Completion::tags(const Spot& spot) {
    for (const Expression& wanted : knowledge_.expected(file_, spot, spot.steps.size() - 1)) {
        const Expression type = knowledge_.behind_names(wanted);
        if (type.node == nullptr || type.node->kind != Kind::TypeEnum) continue;
        for (const ast::TypeRow& row : static_cast<const ast::TypeEnum*>(type.node)->rows) {
            add(lang::quote_tag(row.name.text()), kTag, "", "", ' ', false);
        }
    }
}

void Completion::keywords() {
    add("std", kModule, "the standard library", "", 'b', false);
    for (const char* word :
         {"let", "in", "rec", "if", "then", "else", "fun", "match", "import", "forall", "true",
          "false", "null", "Number", "String", "Bool", "Array", "Dyn"}) {
        add(word, kKeyword, "", "", 'd', false);
    }
}

json::Array Completion::run(Pos pos) {
    const Spot spot = find_spot(file_, pos);
    const ast::Node* node = spot.innermost();
    if (spot.on_field != nullptr) {
        inputs(spot);
    } else if (node != nullptr && node->kind == Kind::Access &&
               static_cast<const ast::Access*>(node)->field.text().find(kHole) !=
                   std::string_view::npos) {
        members(static_cast<const ast::Access&>(*node));
    } else if (node != nullptr && node->kind == Kind::Var) {
        tags(spot);
        scope(spot);
        keywords();
    }
    return std::move(items_);
}

// Within the quotes of an import: modules of providers, and files beside.
std::optional<json::Array> imports(const Workbench& bench, const std::string& path,
                                   std::string_view before) {
    const std::size_t quote = before.rfind('"');
    if (quote == before.npos || before.find('\n', quote) != before.npos) return std::nullopt;
    std::string_view line = before.substr(0, quote);
    line = line.substr(0, line.find_last_not_of(' ') + 1);
    if (!line.ends_with("import")) return std::nullopt;
    json::Array items;
    for (const lang::BuiltinModule& module : bench.project.options().modules) {
        items.push_back(
            json::Object{{"label", "provisioning/" + module.name + ".ncl"}, {"kind", kModule}});
    }
    const std::string_view written = before.substr(quote + 1);
    const std::string_view folder = written.substr(0, written.rfind('/') + 1);
    const auto names = base::list_directory(
        base::join_path(base::parent_path(path), folder.empty() ? std::string_view(".") : folder));
    if (!names) return items;
    for (const std::string& name : *names) {
        const bool is_data = name.ends_with(".ncl") || name.ends_with(".json") ||
                             name.ends_with(".yaml") || name.ends_with(".yml") ||
                             name.ends_with(".toml") || name.ends_with(".txt");
        if (is_data && !name.starts_with('.')) {
            items.push_back(json::Object{{"label", name}, {"kind", kFile}});
        }
    }
    return items;
}

}

json::Value completion(Workbench& bench, const std::string& path, const Text& text,
                       Position position) {
    const std::size_t at = text.offset(position);
    const std::string_view whole = text.text();
    if (auto found = imports(bench, path, whole.substr(0, at))) return std::move(*found);
    std::size_t begin = at;
    while (begin > 0 && is_word(whole[begin - 1])) --begin;
    std::size_t end = at;
    while (end < whole.size() && is_word(whole[end])) ++end;
    std::string with =
        std::string(whole.substr(0, begin)) + std::string(kHole) + std::string(whole.substr(end));
    const Analysis file(path, std::move(with));
    return Completion(bench, file).run(file.pos(begin + 1));
}

}
