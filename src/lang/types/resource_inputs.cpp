#include "lang/types/resource_inputs.hpp"

#include "base/text.hpp"
#include "lang/types/input_findings.hpp"
#include "lang/types/record_parts.hpp"

#include <algorithm>
#include <string>
#include <unordered_map>
#include <utility>

namespace lang::types {

using ast::Kind;
using ast::PriorityKind;

namespace {

constexpr int kMostDepth = 32;   // of records in records, and of names for names

// The field of a contract that a definition is held against.
struct Wanted {
    TermRef contract;
    std::string path;   // "public_net.enable_ipv4", within the resource
};

class ResourceInputs {
public:
    ResourceInputs(const FileIndex& index, Files& files, const ModuleOfImport& module_of,
                   ResourceTerms& terms, std::vector<value::Diagnostic>& findings,
                   const std::stop_token& stop)
        : index_(index), module_of_(module_of), terms_(terms), out_(findings),
          follower_(index, files, stop), files_(files), stop_(stop) {}

    void run() {
        survey_types();
        for (const ast::Annotated* one : index_.annotated)
            annotated(one->annotations, {{.term = one->term}});
        for (const ast::Binding* one : index_.annotated_lets)
            annotated(one->annotations, {{.term = one->value}});
        for (const FileIndex::AnnotatedField& one : index_.annotated_fields)
            annotated(one.field->annotations, pieces_of(index_, *one.record, *one.field));
        std::ranges::move(findings_.found, std::back_inserter(out_));
    }

private:
    // The contracts of the types, by the literals that they are in their modules.
    void survey_types() {
        const auto& imports = index_.file->names->imports;
        for (std::uint32_t i = 0; i < imports.size(); ++i) {
            const BuiltinModule* module = module_of_(i);
            const File* file = module == nullptr ? nullptr : files_.imported(*index_.file, i);
            if (file == nullptr || file->root == nullptr) continue;
            const TermRef root = follower_.resolve({file, file->root});
            if (root.node == nullptr || root.node->kind != Kind::Record) continue;
            const auto& record = *static_cast<const ast::Record*>(root.node);
            for (const TypeInfo& type : module->types) {
                const std::string_view name =
                    std::string_view(type.name).substr(type.name.rfind('.') + 1);
                for (const ast::FieldDef& field : record.fields)
                    if (field.path[0].name.text() == name && field.value != nullptr)
                        types_.emplace(field.value, &type);
            }
        }
    }

    void annotated(const ast::Annotations* annotations, const std::vector<Piece>& pieces) {
        if (annotations == nullptr || stop_.stop_requested()) return;
        // Of several contracts any may change what the others see.
        if (annotations->contracts.size() + (annotations->type != nullptr ? 1 : 0) != 1) return;
        const ast::Node* contract =
            annotations->type != nullptr ? annotations->type : annotations->contracts[0];
        follower_.renew();
        if (!is_of_resources({index_.file, contract})) return;
        findings_.asked_at = contract->span;
        hold({{index_.file, contract}, ""}, pieces, kMostDepth);
    }

    // `Server`, `{ _ | Server }`, `Array Server`.
    bool is_of_resources(TermRef contract) {
        for (int depth = 0; depth < kMostDepth; ++depth) {
            contract = follower_.resolve(contract);
            if (contract.node == nullptr) return false;
            if (contract.node->kind == Kind::TypeDict) {
                contract.node = static_cast<const ast::TypeDict*>(contract.node)->element;
            } else if (contract.node->kind == Kind::TypeArray) {
                contract.node = static_cast<const ast::TypeArray*>(contract.node)->element;
            } else {
                return types_.contains(contract.node);
            }
        }
        return false;
    }

    // ---- holding

    void hold(Wanted wanted, const std::vector<Piece>& pieces, int depth) {
        if (depth <= 0 || stop_.stop_requested()) return;
        const TermRef contract = follower_.resolve(wanted.contract);
        if (contract.node == nullptr) return;
        const auto type = types_.find(contract.node);
        if (type != types_.end()) {
            findings_.type = type->second;
            wanted.path.clear();   // paths begin at the resource
        }
        if (hold_alternatives(contract, wanted, pieces, depth)) return;
        Fields fields;
        for (const Piece& piece : pieces) {
            if (piece.field != nullptr) {
                fields.add(*piece.field, piece.depth);
            } else {
                spread(contract, wanted, piece.term, fields, depth - 1);
            }
        }
        for (auto& [name, definitions] : fields.by_name)
            hold_field(contract, wanted, name, definitions, fields.is_open, depth - 1);
    }

    // One part of a value: its fields, or what is wrong with it as a whole.
    void spread(const TermRef& contract, const Wanted& wanted, const ast::Node* term,
                Fields& fields, int depth) {
        if (depth <= 0) return;
        switch (term->kind) {
            case Kind::Let:
                return spread(contract, wanted, static_cast<const ast::Let*>(term)->body, fields,
                              depth - 1);
            case Kind::If: {
                // Each branch is a value by itself.
                const auto& choice = *static_cast<const ast::If*>(term);
                hold(wanted, {{.term = choice.then_branch}}, depth - 1);
                hold(wanted, {{.term = choice.else_branch}}, depth - 1);
                fields.is_open = true;
                return;
            }
            case Kind::Binary: {
                const auto& binary = *static_cast<const ast::Binary*>(term);
                if (binary.op != ast::BinaryOp::Merge) break;
                spread(contract, wanted, binary.left, fields, depth - 1);
                return spread(contract, wanted, binary.right, fields, depth - 1);
            }
            case Kind::Record: {
                const auto& record = *static_cast<const ast::Record*>(term);
                if (!expects_record(contract)) break;
                for (const ast::FieldDef& field : record.fields) fields.add(field, 0);
                return;
            }
            case Kind::Array:
                if (contract.node->kind != Kind::TypeArray) break;
                return hold_elements(contract, wanted, *static_cast<const ast::Array*>(term),
                                     depth);
            case Kind::Var: {
                const TermRef found = follower_.resolve({index_.file, term});
                if (found.node != nullptr && found.file == index_.file && found.node != term &&
                    found.node->kind != Kind::Access)
                    return spread(contract, wanted, found.node, fields, depth - 1);
                break;
            }
            default: break;
        }
        fields.is_open = true;
        hold_shape(contract, wanted, term);
    }

    void hold_elements(const TermRef& contract, const Wanted& wanted, const ast::Array& array,
                       int depth) {
        const ast::Node* element = static_cast<const ast::TypeArray*>(contract.node)->element;
        for (std::size_t i = 0; i < array.elements.size(); ++i) {
            hold({{contract.file, element}, wanted.path + "[" + std::to_string(i) + "]"},
                 {{.term = array.elements[i]}}, depth - 1);
        }
    }

    // `std.contract.any_of [A, B]` refuses what each of them refuses. True: nothing is left to do.
    bool hold_alternatives(const TermRef& contract, const Wanted& wanted,
                           const std::vector<Piece>& pieces, int depth) {
        if (contract.node->kind != Kind::Apply) return false;
        const auto& apply = *static_cast<const ast::Apply*>(contract.node);
        const std::string name = follower_.library_name({contract.file, apply.head});
        if (name != "contract.any_of" || apply.arguments.size() != 1 ||
            apply.arguments[0]->kind != Kind::Array)
            return true;
        InputFindings outer = std::move(findings_);
        std::vector<value::Diagnostic> first;
        bool is_refused = true;
        for (const ast::Node* one : static_cast<const ast::Array*>(apply.arguments[0])->elements) {
            findings_ = outer.begin_trial();
            hold({{contract.file, one}, wanted.path}, pieces, depth - 1);
            is_refused = is_refused && !findings_.found.empty();
            if (first.empty()) first = std::move(findings_.found);
        }
        findings_ = std::move(outer);
        if (is_refused)
            for (value::Diagnostic& one : first) findings_.add(std::move(one));
        return true;
    }

    void hold_field(const TermRef& contract, const Wanted& wanted, Symbol name,
                    const std::vector<Definition>& definitions, bool is_open, int depth) {
        const std::string path =
            (wanted.path.empty() ? "" : wanted.path + ".") + std::string(name.text());
        if (types_.contains(contract.node)) {
            findings_.type = types_.at(contract.node);
            const auto& outputs = findings_.type->outputs;
            if (std::ranges::find(outputs, name.text(), &OutputInfo::name) != outputs.end())
                return set_output(name.text(), definitions);
        }
        std::vector<TermRef> contracts;
        if (!contracts_of(contract, name, contracts)) {
            const Definition& first = definitions[0];
            return findings_.unknown_field(path, name.text(), first.field->path[first.depth].span,
                                           names_of(contract));
        }
        const std::vector<Piece> pieces = that_count(definitions, is_open);
        if (pieces.empty()) return;
        for (const TermRef& one : contracts) hold({one, path}, pieces, depth - 1);
    }

    std::vector<std::string_view> names_of(const TermRef& contract) {
        if (!types_.contains(contract.node)) return field_names(contract);
        return {findings_.type->inputs.begin(), findings_.type->inputs.end()};
    }

    void set_output(std::string_view name, const std::vector<Definition>& definitions) {
        for (const Definition& one : definitions)
            if (one.field->value != nullptr)
                findings_.output_set(name, one.field->path[one.depth].span);
    }

    // ---- shapes of single values

    void hold_shape(const TermRef& contract, const Wanted& wanted, const ast::Node* term) {
        const Shape expected = follower_.shape_of_contract(contract);
        if (expected == Shape::Unknown) return;
        const Shape found = shape_of(term);
        if (found == Shape::Unknown) return;
        if (expected == Shape::Tag && contract.node->kind == Kind::TypeEnum)
            return hold_tag(*static_cast<const ast::TypeEnum*>(contract.node), wanted, term, found);
        if (found == expected) return;
        findings_.wrong_value(wanted.path, term, "must be " + std::string(name_of(expected)),
                              described(term, found));
    }

    Shape shape_of(const ast::Node* term) {
        const Shape found = follower_.shape_of({index_.file, term});
        if (found != Shape::Unknown || term->kind != Kind::Access) return found;
        const auto& access = *static_cast<const ast::Access*>(term);
        const TypeInfo* type = terms_.type_of(access.object);
        if (type == nullptr) return Shape::Unknown;
        const auto output =
            std::ranges::find(type->outputs, access.field.text(), &OutputInfo::name);
        if (output == type->outputs.end()) return Shape::Unknown;
        switch (output->type) {
            case value::ValueType::Bool: return Shape::Bool;
            case value::ValueType::Number: return Shape::Number;
            case value::ValueType::String: return Shape::String;
            case value::ValueType::Array: return Shape::Array;
            case value::ValueType::Record: return Shape::Record;
            case value::ValueType::Null:
            case value::ValueType::Dyn: break;
        }
        return Shape::Unknown;
    }

    static std::string described(const ast::Node* term, Shape shape) {
        if (term->kind == Kind::EnumTag)
            return "the tag '" + std::string(static_cast<const ast::EnumTag*>(term)->tag.text());
        return std::string(name_of(shape));
    }

    void hold_tag(const ast::TypeEnum& tags, const Wanted& wanted, const ast::Node* term,
                  Shape found) {
        if (tags.tail != ast::Tail::Closed) return;
        std::vector<std::string_view> known;
        std::vector<std::string> shown;
        for (const ast::TypeRow& row : tags.rows) {
            known.push_back(row.name.text());
            shown.push_back("'" + std::string(row.name.text()));
        }
        std::string written;
        if (term->kind == Kind::EnumTag) {
            written = static_cast<const ast::EnumTag*>(term)->tag.text();
            if (std::ranges::find(known, written) != known.end()) return;
        } else if (found == Shape::Tag) {
            return;   // which one is not told by the text
        }
        std::vector<std::string> notes;
        if (term->kind == Kind::String) {
            written = static_cast<const ast::String*>(term)->text;
            if (std::ranges::find(known, written) != known.end())
                notes.push_back("a tag has a quote before it and none behind: `'" + written + "`");
        }
        if (notes.empty() && !written.empty()) {
            std::string help = base::did_you_mean(written, known);
            if (!help.empty()) notes.push_back(std::move(help));
        }
        findings_.wrong_value(wanted.path, term, "must be one of " + base::join(shown, ", "),
                              described(term, found), std::move(notes));
    }

    const FileIndex& index_;
    const ModuleOfImport& module_of_;
    ResourceTerms& terms_;
    std::vector<value::Diagnostic>& out_;
    InputFindings findings_;
    Follower follower_;
    Files& files_;
    const std::stop_token& stop_;
    std::unordered_map<const ast::Node*, const TypeInfo*> types_;
};

}

void check_resource_inputs(const FileIndex& index, Files& files, const ModuleOfImport& module_of,
                           ResourceTerms& terms, std::vector<value::Diagnostic>& findings,
                           const std::stop_token& stop) {
    ResourceInputs(index, files, module_of, terms, findings, stop).run();
}

}
