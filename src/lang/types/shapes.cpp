#include "lang/types/shapes.hpp"

namespace lang::types {

using ast::Kind;

std::string_view name_of(Shape shape) {
    switch (shape) {
        case Shape::Unknown: return "something";
        case Shape::Null: return "null";
        case Shape::Bool: return "a Bool";
        case Shape::Number: return "a Number";
        case Shape::String: return "a String";
        case Shape::Tag: return "a tag";
        case Shape::Array: return "an Array";
        case Shape::Record: return "a record";
        case Shape::Function: return "a function";
    }
    return "something";
}

const FileIndex& Follower::index_of(const File& file) {
    if (&file == here_.file) return here_;
    std::unique_ptr<FileIndex>& known = others_[&file];
    if (!known) known = std::make_unique<FileIndex>(file, stop_);
    return *known;
}

// ---- what a term stands for

TermRef Follower::resolve(TermRef term, int depth) {
    if (term.node == nullptr || depth <= 0 || --left_ < 0) return {};
    switch (term.node->kind) {
        case Kind::Let:
            return resolve({term.file, static_cast<const ast::Let*>(term.node)->body}, depth - 1);
        case Kind::Var: return resolve_name(term, depth);
        case Kind::Access: {
            const auto& access = *static_cast<const ast::Access*>(term.node);
            const TermRef found = resolve_access(term.file, access.object, access.field, depth - 1);
            return found.node != nullptr ? found : term;
        }
        case Kind::Import: {
            const auto& import = *static_cast<const ast::Import*>(term.node);
            const File* target = files_.imported(*term.file, import.index);
            if (target == nullptr || target->root == nullptr) return term;
            return resolve({target, target->root}, depth - 1);
        }
        case Kind::Annotated: {
            const auto& annotated = *static_cast<const ast::Annotated*>(term.node);
            if (annotated.annotations != nullptr && annotated.annotations->has_contracts())
                return term;
            return resolve({term.file, annotated.term}, depth - 1);
        }
        default: return term;
    }
}

TermRef Follower::resolve_name(TermRef term, int depth) {
    const ast::BindingId id = static_cast<const ast::Var*>(term.node)->binding;
    const FileIndex& index = index_of(*term.file);
    if (const auto let = index.lets.find(id); let != index.lets.end()) {
        const ast::Annotations* annotations = let->second->annotations;
        if (annotations != nullptr && annotations->has_contracts()) return term;
        return resolve({term.file, let->second->value}, depth - 1);
    }
    if (const auto taken = index.unpacked.find(id); taken != index.unpacked.end()) {
        const TermRef found =
            resolve_access(term.file, taken->second.record, taken->second.field, depth - 1);
        if (found.node != nullptr) return found;
    }
    return term;
}

const ast::FieldDef* Follower::only_definition(const FileIndex& index, const ast::Record& record,
                                               Symbol name) {
    const auto& definitions = index.definitions(record.scope, name);
    if (definitions.size() != 1 || definitions[0]->path.size() != 1) return nullptr;
    return definitions[0];
}

TermRef Follower::resolve_access(const File* file, const ast::Node* object, Symbol field,
                                 int depth) {
    const TermRef from = resolve({file, object}, depth);
    if (from.node == nullptr || from.node->kind != Kind::Record) return {};
    const ast::FieldDef* only =
        only_definition(index_of(*from.file), *static_cast<const ast::Record*>(from.node), field);
    if (only == nullptr || only->value == nullptr) return {};
    if (only->annotations != nullptr && (only->annotations->has_contracts() ||
                                         only->annotations->priority != ast::PriorityKind::Neutral))
        return {};
    return resolve({from.file, only->value}, depth);
}

std::string Follower::library_name(TermRef term) {
    std::string name;
    const ast::Node* node = term.node;
    while (node != nullptr && node->kind == Kind::Access) {
        const auto& access = *static_cast<const ast::Access*>(node);
        name = std::string(access.field.text()) + (name.empty() ? "" : ".") + name;
        node = access.object;
    }
    if (node == nullptr || node->kind != Kind::Var) return {};
    const auto& var = *static_cast<const ast::Var*>(node);
    const bool is_global = (*term.file->names)[var.binding].kind == resolve::Binding::Kind::Global;
    return is_global && var.name.text() == "std" ? name : std::string();
}

// ---- shapes

Shape Follower::shape_of_contract(TermRef contract) {
    const TermRef found = resolve(contract);
    if (found.node == nullptr) return Shape::Unknown;
    switch (found.node->kind) {
        case Kind::TypeNumber: return Shape::Number;
        case Kind::TypeString: return Shape::String;
        case Kind::TypeBool: return Shape::Bool;
        case Kind::TypeArray: return Shape::Array;
        case Kind::TypeArrow: return Shape::Function;
        case Kind::TypeEnum: return Shape::Tag;
        case Kind::Record:
        case Kind::TypeRecord:
        case Kind::TypeDict: return Shape::Record;
        case Kind::TypeForall: {
            const ast::Node* body = static_cast<const ast::TypeForall*>(found.node)->body;
            return shape_of_contract({found.file, body});
        }
        default: break;
    }
    const std::string name = library_name(found);
    for (const char* number : {"number.Integer", "number.Nat", "number.PosNat", "number.NonZero"})
        if (name == number) return Shape::Number;
    for (const char* text : {"string.NonEmpty", "string.Character", "string.NumberLiteral",
                             "string.BoolLiteral", "string.EnumTag", "string.Stringable"})
        if (name == text) return name == "string.Stringable" ? Shape::Unknown : Shape::String;
    return name == "array.NonEmpty" ? Shape::Array : Shape::Unknown;
}

Shape Follower::shape_of_annotated(const File* file, const ast::Annotations& annotations,
                                   const ast::Node* value, int depth) {
    if (!annotations.has_contracts())
        return value == nullptr ? Shape::Unknown : shape_of({file, value}, depth);
    if (annotations.type != nullptr) return shape_of_contract({file, annotations.type});
    // Of several, each lets only its own shape pass.
    for (const ast::Node* contract : annotations.contracts) {
        const Shape shape = shape_of_contract({file, contract});
        if (shape != Shape::Unknown) return shape;
    }
    return Shape::Unknown;
}

static Shape shape_of_operator(ast::BinaryOp op) {
    using enum ast::BinaryOp;
    switch (op) {
        case Add:
        case Subtract:
        case Multiply:
        case Divide:
        case Modulo: return Shape::Number;
        case ConcatStrings: return Shape::String;
        case ConcatArrays: return Shape::Array;
        case Less:
        case LessEqual:
        case Greater:
        case GreaterEqual:
        case Equal:
        case NotEqual:
        case And:
        case Or: return Shape::Bool;
        case Merge:
        case Pipe:
        case Access: break;
    }
    return Shape::Unknown;
}

Shape Follower::shape_of(TermRef term, int depth) {
    if (term.node == nullptr || depth <= 0 || --left_ < 0) return Shape::Unknown;
    const ast::Node* node = term.node;
    switch (node->kind) {
        case Kind::Null: return Shape::Null;
        case Kind::Bool: return Shape::Bool;
        case Kind::Number: return Shape::Number;
        case Kind::String: return Shape::String;
        case Kind::Interpolation:
            return static_cast<const ast::Interpolation*>(node)->symbolic ? Shape::Unknown
                                                                          : Shape::String;
        case Kind::EnumTag: return Shape::Tag;
        case Kind::Array: return Shape::Array;
        case Kind::Record: return Shape::Record;
        case Kind::Fun:
        case Kind::Match:
        case Kind::Section: return Shape::Function;
        case Kind::Let:
            return shape_of({term.file, static_cast<const ast::Let*>(node)->body}, depth);
        case Kind::Unary:
            return static_cast<const ast::Unary*>(node)->op == ast::UnaryOp::Negate ? Shape::Number
                                                                                    : Shape::Bool;
        case Kind::Annotated: {
            const auto& annotated = *static_cast<const ast::Annotated*>(node);
            return shape_of_annotated(term.file, *annotated.annotations, annotated.term, depth - 1);
        }
        case Kind::If: {
            const auto& choice = *static_cast<const ast::If*>(node);
            const Shape left = shape_of({term.file, choice.then_branch}, depth - 1);
            return left == shape_of({term.file, choice.else_branch}, depth - 1) ? left
                                                                                : Shape::Unknown;
        }
        case Kind::Binary: {
            const auto& binary = *static_cast<const ast::Binary*>(node);
            if (binary.op == ast::BinaryOp::Pipe)
                return shape_of_call({term.file, binary.right}, 1, depth - 1);
            const Shape shape = shape_of_operator(binary.op);
            // An operand that does not fit is what is wrong, and told when it is evaluated.
            if (shape == Shape::Number || shape == Shape::String || shape == Shape::Array) {
                for (const ast::Node* operand : {binary.left, binary.right}) {
                    const Shape part = shape_of({term.file, operand}, depth - 1);
                    if (part != Shape::Unknown && part != shape) return Shape::Unknown;
                }
            }
            return shape;
        }
        case Kind::Apply: {
            const auto& apply = *static_cast<const ast::Apply*>(node);
            return shape_of_call({term.file, apply.head}, apply.arguments.size(), depth - 1);
        }
        case Kind::Var:
        case Kind::Access: return shape_of_name(term, depth - 1);
        default: return Shape::Unknown;
    }
}

Shape Follower::shape_of_name(TermRef term, int depth) {
    const TermRef found = resolve(term, depth);
    if (found.node != nullptr && found.node->kind != Kind::Var && found.node->kind != Kind::Access)
        return shape_of(found, depth - 1);
    if (term.node->kind != Kind::Var) return Shape::Unknown;
    const FileIndex& index = index_of(*term.file);
    const ast::BindingId id = static_cast<const ast::Var*>(term.node)->binding;
    if (const auto let = index.lets.find(id);
        let != index.lets.end() && let->second->annotations != nullptr)
        return shape_of_annotated(term.file, *let->second->annotations, nullptr, depth - 1);
    const resolve::Binding& binding = (*term.file->names)[id];
    if (id == 0 || binding.kind != resolve::Binding::Kind::Field) return Shape::Unknown;
    const auto literal = index.literals.find(binding.scope);
    if (literal == index.literals.end()) return Shape::Unknown;
    const ast::FieldDef* only = only_definition(index, *literal->second, binding.name);
    if (only == nullptr) return Shape::Unknown;
    if (only->annotations != nullptr && only->annotations->has_contracts())
        return shape_of_annotated(term.file, *only->annotations, nullptr, depth - 1);
    // What is merged over it may be another thing where its priority is lower.
    if (only->annotations != nullptr && only->annotations->priority != ast::PriorityKind::Neutral)
        return Shape::Unknown;
    return shape_of({term.file, only->value}, depth - 1);
}

// ---- calls

const ast::Node* Follower::library_type(const std::string& name) {
    const std::size_t dot = name.find('.');
    const File* file = files_.library(dot == std::string::npos ? "root" : name.substr(0, dot));
    if (file == nullptr || file->root == nullptr || file->root->kind != Kind::Fun) return nullptr;
    const ast::Node* body = static_cast<const ast::Fun*>(file->root)->body;
    while (body->kind == Kind::Let) body = static_cast<const ast::Let*>(body)->body;
    if (body->kind != Kind::Record) return nullptr;
    const std::string_view field =
        std::string_view(name).substr(dot == std::string::npos ? 0 : dot + 1);
    for (const ast::FieldDef& one : static_cast<const ast::Record*>(body)->fields) {
        if (one.path.size() != 1 || one.path[0].name.text() != field || one.annotations == nullptr)
            continue;
        // A function that takes more than a type can say has its arrow as a contract.
        if (one.annotations->type != nullptr || one.annotations->contracts.size() != 1)
            return one.annotations->type;
        return one.annotations->contracts[0];
    }
    return nullptr;
}

// What is left of a type when so many arguments are given; null: not known.
static const ast::Node* result_of(const ast::Node* type, std::size_t arguments) {
    while (type != nullptr) {
        if (type->kind == Kind::TypeForall) {
            type = static_cast<const ast::TypeForall*>(type)->body;
        } else if (arguments == 0) {
            return type;
        } else if (type->kind == Kind::TypeArrow) {
            type = static_cast<const ast::TypeArrow*>(type)->codomain;
            --arguments;
        } else {
            return nullptr;
        }
    }
    return nullptr;
}

Shape Follower::shape_of_call(TermRef head, std::size_t arguments, int depth) {
    if (head.node->kind == Kind::Apply) {
        const auto& apply = *static_cast<const ast::Apply*>(head.node);
        return shape_of_call({head.file, apply.head}, arguments + apply.arguments.size(), depth);
    }
    if (const std::string name = library_name(head); !name.empty()) {
        const ast::Node* result = result_of(library_type(name), arguments);
        if (result == nullptr) return Shape::Unknown;
        switch (result->kind) {
            case Kind::TypeNumber: return Shape::Number;
            case Kind::TypeString: return Shape::String;
            case Kind::TypeBool: return Shape::Bool;
            case Kind::TypeArray: return Shape::Array;
            case Kind::TypeDict: return Shape::Record;
            default: return Shape::Unknown;
        }
    }
    if (head.node->kind == Kind::Var) {
        const FileIndex& index = index_of(*head.file);
        const auto let = index.lets.find(static_cast<const ast::Var*>(head.node)->binding);
        if (let != index.lets.end() && let->second->annotations != nullptr &&
            let->second->annotations->type != nullptr) {
            const ast::Node* result = result_of(let->second->annotations->type, arguments);
            return result == nullptr ? Shape::Unknown : shape_of_contract({head.file, result});
        }
    }
    const TermRef function = resolve(head, depth);
    if (function.node == nullptr || function.node->kind != Kind::Fun) return Shape::Unknown;
    const auto& known = *static_cast<const ast::Fun*>(function.node);
    if (known.parameters.size() != arguments) return Shape::Unknown;
    return shape_of({function.file, known.body}, depth - 1);
}

}
