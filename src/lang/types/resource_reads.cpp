#include "lang/types/resource_reads.hpp"

#include "base/text.hpp"
#include "lang/syntax/children.hpp"

#include <algorithm>
#include <optional>
#include <string>
#include <unordered_map>
#include <utility>

namespace lang::types {

using ast::Kind;

namespace {

// From a name to what it stands for: it may go round in circles, and each merge parts the way.
constexpr int kMostSteps = 64;
constexpr int kMostLooks = 2'000;   // for one read
constexpr std::size_t kMostParts = 64;

// A record literal, or the part of one that stands behind a path: `b = …` of `a.b = …`.
struct Part {
    const ast::Record* literal = nullptr;
    const ast::FieldDef* field = nullptr;
    std::size_t depth = 0;   // of its path, where the part begins
};

// What a term stands for, as far as the text alone tells it.
struct Meaning {
    const TypeInfo* resource = nullptr;      // a resource of this type
    const TypeInfo* type = nullptr;          // the type itself: `hetzner.Server`
    const BuiltinModule* module = nullptr;   // `import "provisioning/hetzner.ncl"`
    std::vector<Part> parts;                 // a record of these, and maybe of more

    void take(Meaning other) {
        if (resource == nullptr) resource = other.resource;
        if (type == nullptr) type = other.type;
        if (module == nullptr) module = other.module;
        for (const Part& part : other.parts)
            if (parts.size() < kMostParts) parts.push_back(part);
    }
};

class ResourceReads {
public:
    ResourceReads(const File& file, const ModuleOfImport& module_of,
                  std::vector<value::Diagnostic>& findings, const std::stop_token& stop)
        : file_(file), module_of_(module_of), findings_(findings), stop_(stop) {}

    void run() {
        survey();
        std::ranges::sort(reads_, {}, [](const ast::Access* read) { return read->span.begin; });
        for (const ast::Access* read : reads_) {
            if (stop_.stop_requested()) return;
            check(*read);
        }
    }

private:
    void survey() {
        std::vector<const ast::Node*> open{file_.root};
        while (!open.empty() && !stop_.stop_requested()) {
            const ast::Node* node = open.back();
            open.pop_back();
            if (node->kind == Kind::Access) reads_.push_back(static_cast<const ast::Access*>(node));
            if (node->kind == Kind::Record) {
                const auto* record = static_cast<const ast::Record*>(node);
                literals_.emplace(record->scope, record);
                for (const ast::FieldDef& field : record->fields)
                    if (field.path[0].dynamic == nullptr)
                        fields_[key_of(record->scope, field.path[0].name)].push_back(&field);
            }
            if (node->kind == Kind::Let) {
                for (const ast::Binding& one : static_cast<const ast::Let*>(node)->bindings)
                    if (one.pattern->kind == ast::PatternKind::Variable)
                        lets_.emplace(one.pattern->binding, &one);
            }
            ast::for_each_child(node, [&](const ast::Node* child) { open.push_back(child); });
        }
    }

    static std::uint64_t key_of(ast::ScopeId scope, Symbol name) {
        return (std::uint64_t{scope} << 32U) | name.id;
    }

    void check(const ast::Access& read) {
        looks_left_ = kMostLooks;
        const TypeInfo* type = meaning(read.object, kMostSteps).resource;
        if (type == nullptr) return;
        const std::string_view name = read.field.text();
        std::vector<std::string_view> known(type->inputs.begin(), type->inputs.end());
        for (const OutputInfo& output : type->outputs) known.emplace_back(output.name);
        if (std::ranges::find(known, name) != known.end()) return;
        value::Diagnostic finding;
        finding.kind = "TypecheckError::MissingRow";
        finding.message = "a " + type->name + " has no field `" + std::string(name) + "`";
        finding.labels = {{read.field_span, "read here", true}};
        std::string help = base::did_you_mean(name, known);
        finding.notes = {help.empty() ? "there is: " + base::join(known, ", ") : std::move(help)};
        findings_.push_back(std::move(finding));
    }

    Meaning meaning(const ast::Node* node, int steps) {
        if (node == nullptr || steps <= 0 || --looks_left_ < 0) return {};
        switch (node->kind) {
            case Kind::Record: return {.parts = {{static_cast<const ast::Record*>(node), {}, 0}}};
            case Kind::Import: {
                const auto& import = *static_cast<const ast::Import*>(node);
                return {.module = module_of_(import.index)};
            }
            case Kind::Var:
                return of_binding(static_cast<const ast::Var*>(node)->binding, steps - 1);
            case Kind::Let: return meaning(static_cast<const ast::Let*>(node)->body, steps - 1);
            case Kind::Annotated: {
                const auto& annotated = *static_cast<const ast::Annotated*>(node);
                return annotated_meaning(annotated.annotations, annotated.term, steps - 1);
            }
            case Kind::Access: {
                const auto& access = *static_cast<const ast::Access*>(node);
                const Meaning object = meaning(access.object, steps - 1);
                if (object.module != nullptr) return of_module(*object.module, access.field);
                return of_field(object.parts, access.field, steps - 1);
            }
            case Kind::Binary: {
                const auto& binary = *static_cast<const ast::Binary*>(node);
                if (binary.op != ast::BinaryOp::Merge) return {};
                Meaning both = meaning(binary.left, steps - 1);
                both.take(meaning(binary.right, steps - 1));
                return both;
            }
            default: return {};
        }
    }

    Meaning of_binding(ast::BindingId id, int steps) {
        if (id == 0) return {};
        const resolve::Binding& binding = (*file_.names)[id];
        if (binding.kind == resolve::Binding::Kind::Field) {
            const auto literal = literals_.find(binding.scope);
            if (literal == literals_.end()) return {};
            const Part whole{literal->second, {}, 0};
            return of_field({whole}, binding.name, steps);
        }
        const auto let = lets_.find(id);
        if (let == lets_.end()) return {};
        return annotated_meaning(let->second->annotations, let->second->value, steps);
    }

    // Of all its pieces: any of them may have the annotation.
    Meaning of_field(const std::vector<Part>& parts, Symbol name, int steps) {
        Meaning all;
        if (steps <= 0) return all;
        const auto add = [&](const ast::FieldDef& field, std::size_t depth) {
            const ast::PathElement& element = field.path[depth];
            if (element.dynamic != nullptr || element.name != name) return;
            if (depth + 1 < field.path.size()) {
                all.take({.parts = {{nullptr, &field, depth + 1}}});
            } else {
                all.take(annotated_meaning(field.annotations, field.value, steps - 1));
            }
        };
        for (const Part& part : parts) {
            if (part.literal == nullptr) {
                add(*part.field, part.depth);
                continue;
            }
            const auto found = fields_.find(key_of(part.literal->scope, name));
            if (found != fields_.end())
                for (const ast::FieldDef* field : found->second) add(*field, 0);
            for (const ast::IncludeDef& include : part.literal->includes)
                if (include.name == name) all.take(of_binding(include.binding, steps - 1));
        }
        return all;
    }

    Meaning annotated_meaning(const ast::Annotations* annotations, const ast::Node* value,
                              int steps) {
        if (annotations == nullptr || !annotations->has_contracts()) return meaning(value, steps);
        // A contract of the program's own may make anything of it.
        const std::size_t count = annotations->contracts.size() + (annotations->type ? 1 : 0);
        if (count != 1) return {};
        const ast::Node* contract =
            annotations->type != nullptr ? annotations->type : annotations->contracts[0];
        const TypeInfo* type = meaning(contract, steps).type;
        if (type == nullptr || type->is_connection) return {};
        return {.resource = type};
    }

    static Meaning of_module(const BuiltinModule& module, Symbol name) {
        const std::string wanted = module.name + "." + std::string(name.text());
        const auto found = std::ranges::find(module.types, wanted, &TypeInfo::name);
        return found == module.types.end() ? Meaning{} : Meaning{.type = &*found};
    }

    const File& file_;
    const ModuleOfImport& module_of_;
    std::vector<value::Diagnostic>& findings_;
    const std::stop_token& stop_;
    std::vector<const ast::Access*> reads_;
    std::unordered_map<ast::ScopeId, const ast::Record*> literals_;
    std::unordered_map<ast::BindingId, const ast::Binding*> lets_;
    std::unordered_map<std::uint64_t, std::vector<const ast::FieldDef*>> fields_;   // by key_of
    int looks_left_ = 0;
};

}

void check_resource_reads(const File& file, const ModuleOfImport& module_of,
                          std::vector<value::Diagnostic>& findings, const std::stop_token& stop) {
    if (file.root != nullptr) ResourceReads(file, module_of, findings, stop).run();
}

}
