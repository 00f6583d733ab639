#include "lang/syntax/parser_core.hpp"

#include <optional>

namespace lang {

using namespace ast;

namespace {

// Walks the types below a forall and makes type variables of the identifiers that it binds. Terms
// used as contracts are left alone: type variables are not in scope there.
class ForallResolver {
public:
    explicit ForallResolver(std::unordered_map<const TypeForall*, bool>& done) : done_(done) {}

    // The forall whose variable is used in conflicting ways, if any.
    const TypeForall* conflict() const { return conflict_; }

    // A stack for each name, so that an inner forall hides an outer one of the same name.
    void forall(TypeForall& node) {
        done_[&node] = true;
        std::vector<Use>& uses = scope_[node.variable.id];
        uses.push_back({&node, std::nullopt});
        visit(node.body);
        // Looked up anew: the visit may have made this stack of uses grow.
        Use use = scope_[node.variable.id].back();
        scope_[node.variable.id].pop_back();
        node.variable_kind = use.kind.value_or(VarKind::Type);
    }

private:
    struct Use {
        const TypeForall* binder;
        std::optional<VarKind> kind;
    };

    // False when no enclosing forall binds the variable.
    bool use(Symbol name, VarKind kind) {
        auto found = scope_.find(name.id);
        if (found == scope_.end() || found->second.empty()) return false;
        Use& use = found->second.back();
        if (use.kind && *use.kind != kind && !conflict_) conflict_ = use.binder;
        // The last use decides after a conflict, which no longer matters: an error was found.
        use.kind = kind;
        return true;
    }

    void rows(List<TypeRow> rows, Tail tail, Symbol variable, VarKind kind) {
        for (const TypeRow& row : rows) visit(row.type);
        if (tail == Tail::Variable) use(variable, kind);
    }

    void visit(const Node* node) {
        if (!node) return;
        switch (node->kind) {
            case Kind::Var:
                // Nodes are made mutable and become constant when the parser hands them out.
                if (use(static_cast<const Var*>(node)->name, VarKind::Type)) {
                    const_cast<Node*>(node)->kind = Kind::TypeVar;
                }
                return;
            case Kind::TypeArray: return visit(static_cast<const TypeArray*>(node)->element);
            case Kind::TypeArrow: {
                // A long chain of arrows nests to the right, and is walked here without recursion.
                const Node* at = node;
                for (; at->kind == Kind::TypeArrow;
                     at = static_cast<const TypeArrow*>(at)->codomain) {
                    visit(static_cast<const TypeArrow*>(at)->domain);
                }
                return visit(at);
            }
            case Kind::TypeForall:
                return forall(*const_cast<TypeForall*>(static_cast<const TypeForall*>(node)));
            case Kind::TypeRecord: {
                const auto& record = *static_cast<const TypeRecord*>(node);
                return rows(record.rows, record.tail, record.tail_variable, VarKind::RecordRows);
            }
            case Kind::TypeEnum: {
                const auto& tags = *static_cast<const TypeEnum*>(node);
                return rows(tags.rows, tags.tail, tags.tail_variable, VarKind::EnumRows);
            }
            case Kind::TypeDict: {
                const auto& dict = *static_cast<const TypeDict*>(node);
                if (!dict.is_contract) visit(dict.element);
                return;
            }
            default: return;
        }
    }

    std::unordered_map<const TypeForall*, bool>& done_;
    std::unordered_map<std::uint32_t, std::vector<Use>> scope_;
    const TypeForall* conflict_ = nullptr;
};

// A variable is turned into one in place.
static_assert(sizeof(Var) >= sizeof(TypeVar));

}

// An outer forall was recorded after those inside it; going backwards, each type is walked once.
void Parser::resolve_foralls() {
    std::unordered_map<const TypeForall*, bool> done;
    for (std::size_t i = foralls_.size(); i-- > 0;) {
        if (done.contains(foralls_[i])) continue;
        ForallResolver resolver(done);
        resolver.forall(*foralls_[i]);
        if (const TypeForall* binder = resolver.conflict()) {
            std::string name(binder->variable.text());
            value::Diagnostic* found = report(
                binder->span, "the type variable `" + name + "` is used in conflicting ways", "");
            if (!found) return;
            found->notes.emplace_back(
                "a variable stands for a type, for the tail of a record type or for the tail of "
                "an enum type, not for two of them");
        }
    }
}

}
