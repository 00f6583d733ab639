#include "lang/types/checker.hpp"

#include "lang/syntax/quoting.hpp"

#include <fmt/core.h>

// Findings: what was expected, who asked for it, and what was found.
namespace lang::types {

namespace {

using Kind = Misfit::Kind;

std::string_view name_of(Kind kind) {
    switch (kind) {
        case Kind::None:
        case Kind::TooComplex:
        case Kind::TypeMismatch: return "TypecheckError::TypeMismatch";
        case Kind::MissingRow: return "TypecheckError::MissingRow";
        case Kind::ExtraRow: return "TypecheckError::ExtraRow";
        case Kind::MissingDynTail: return "TypecheckError::MissingDynTail";
        case Kind::ExtraDynTail: return "TypecheckError::ExtraDynTail";
        case Kind::RecordRowMismatch: return "TypecheckError::RecordRowMismatch";
        case Kind::EnumRowMismatch: return "TypecheckError::EnumRowMismatch";
        case Kind::RecordRowConflict: return "TypecheckError::RecordRowConflict";
        case Kind::EnumRowConflict: return "TypecheckError::EnumRowConflict";
        case Kind::ArrowTypeMismatch: return "TypecheckError::ArrowTypeMismatch";
        case Kind::VarLevelMismatch: return "TypecheckError::VarLevelMismatch";
        case Kind::ForallParametricityViolation:
            return "TypecheckError::ForallParametricityViolation";
        case Kind::InhomogeneousRecord: return "TypecheckError::InhomogeneousRecord";
    }
    return "TypecheckError::TypeMismatch";
}

std::string path_text(const std::vector<Symbol>& path) {
    std::string text;
    for (const Symbol step : path) {
        if (!text.empty()) text += '.';
        text += quote_field(step.text());
    }
    return text;
}

}

bool Checker::report(const ast::Node* node) { return report(node->span); }

bool Checker::report(Span span) {
    diagnostics_->push_back(describe(span));
    return false;
}

// What helps, where that is likely.
void Checker::explain(value::Diagnostic& found, TypePrinter& printer) {
    const Tag expected = store_[unifier_.root(unifier_.misfit.expected)].tag;
    const Tag inferred = store_[unifier_.root(unifier_.misfit.inferred)].tag;
    (void)printer;
    if (expected == Tag::Contract || inferred == Tag::Contract) {
        if (expected == inferred) return;
        found.notes.emplace_back(
            "a contract is checked when the program runs, so it is no static type: apply it with "
            "`|`, as in `(value | Contract)`, where its type is asked for");
    } else if (inferred == Tag::Dyn) {
        found.notes.emplace_back(
            "the type of this is not known before it runs (`Dyn`): annotate where it is defined, "
            "or have it checked here, as in `(value | Number)`");
    } else if (expected == Tag::Dyn) {
        found.notes.emplace_back(
            "where `Dyn` is asked for, a value is handed over as one with `(value | Dyn)`");
    }
}

void Checker::describe_rows(value::Diagnostic& found, TypePrinter& printer, Span span) const {
    const Misfit& misfit = unifier_.misfit;
    const bool is_record = store_[misfit.expected].tag == Tag::Record;
    const std::string name(misfit.name.text());
    const std::string shown = is_record ? quote_field(name) : quote_tag(name);
    const std::string expected = printer(misfit.expected);
    const std::string inferred = printer(misfit.inferred);
    found.expectation.emplace_back("ident", name);
    if (misfit.kind == Kind::MissingRow && is_record) {
        found.message = fmt::format("there is no field `{}` in `{}`", shown, inferred);
        found.labels.push_back({span, fmt::format("this has no field `{}`", shown), true});
        if (access_.exists() && sources_.text(access_) == name)
            found.labels.push_back({access_, "which is asked for here", false});
    } else if (misfit.kind == Kind::MissingRow) {
        found.message = fmt::format("`{}` is not among the tags of `{}`", shown, inferred);
        found.labels.push_back({span, "this has other tags than expected", true});
    } else if (is_record) {
        found.message = fmt::format("the field `{}` is too many for `{}`", shown, expected);
        found.labels.push_back({span, fmt::format("this has a field `{}`", shown), true});
    } else {
        found.message = fmt::format("the tag `{}` is not among those of `{}`", shown, expected);
        found.labels.push_back({span, fmt::format("this may be `{}`", shown), true});
    }
    found.notes.push_back(fmt::format("expected: {}", expected));
    found.notes.push_back(fmt::format("found: {}", inferred));
}

value::Diagnostic Checker::describe(Span span) {
    const Misfit& misfit = unifier_.misfit;
    value::Diagnostic found;
    found.kind = name_of(misfit.kind);
    TypePrinter printer(store_, unifier_, *this);
    const auto pair = [&](TypeId expected_type, TypeId inferred_type) {
        std::string expected = printer(expected_type);
        std::string inferred = printer(inferred_type);
        found.message = fmt::format("expected `{}`, found `{}`", expected, inferred);
        found.labels.push_back({span, fmt::format("this is of type `{}`", inferred), true});
        return std::pair(std::move(expected), std::move(inferred));
    };
    switch (misfit.kind) {
        case Kind::TooComplex:
            found.message = "the types here are too complex to be compared";
            found.labels.push_back({span, "", true});
            found.notes.emplace_back("annotate parts of it, so that less is to be inferred");
            break;
        case Kind::None:
        case Kind::TypeMismatch: {
            auto [expected, inferred] = pair(misfit.expected, misfit.inferred);
            found.expectation.emplace_back("expected", std::move(expected));
            found.expectation.emplace_back("inferred", std::move(inferred));
            explain(found, printer);
            break;
        }
        case Kind::MissingRow:
        case Kind::ExtraRow: describe_rows(found, printer, span); break;
        case Kind::MissingDynTail:
        case Kind::ExtraDynTail: {
            const bool is_missing = misfit.kind == Kind::MissingDynTail;
            (void)pair(misfit.expected, misfit.inferred);
            found.notes.emplace_back(is_missing ? "the expected type ends in `; Dyn`, which stands "
                                                  "for fields of unknown types; the other does not"
                                                : "the type found ends in `; Dyn`, which stands "
                                                  "for fields of unknown types; the expected one "
                                                  "does not");
            break;
        }
        case Kind::RecordRowMismatch: {
            const std::string path = path_text(misfit.path);
            const std::string expected = printer(misfit.expected);
            const std::string inferred = printer(misfit.inferred);
            found.message = fmt::format("the field `{}` is of type `{}`, but `{}` is expected",
                                        path, inferred, expected);
            found.labels.push_back(
                {span, fmt::format("here `{}` is of type `{}`", path, inferred), true});
            break;
        }
        case Kind::EnumRowMismatch: {
            const std::string tag = quote_tag(misfit.name.text());
            const std::string expected = printer(misfit.expected);
            const std::string inferred = printer(misfit.inferred);
            found.message =
                fmt::format("`{}` is given `{}`, but `{}` is expected", tag, inferred, expected);
            found.labels.push_back(
                {span, fmt::format("here `{}` comes with `{}`", tag, inferred), true});
            break;
        }
        case Kind::RecordRowConflict:
        case Kind::EnumRowConflict: {
            const bool is_record = misfit.kind == Kind::RecordRowConflict;
            const std::string name(misfit.name.text());
            const std::string shown = is_record ? quote_field(name) : quote_tag(name);
            found.message = fmt::format("the {} `{}` would be there twice, with two types",
                                        is_record ? "field" : "tag", shown);
            found.labels.push_back(
                {span, fmt::format("this brings `{}` a second time", shown), true});
            found.notes.push_back(
                fmt::format("a type such as `{}` says that its variable stands for other {}",
                            is_record ? "{ " + shown + " : Number; r }" : "[| " + shown + "; r |]",
                            is_record ? "fields" : "tags"));
            found.expectation.emplace_back("row", name);
            break;
        }
        case Kind::ArrowTypeMismatch:
            (void)pair(misfit.expected, misfit.inferred);
            found.expectation.emplace_back("cause.error", name_of(misfit.cause));
            if (misfit.cause == Kind::TypeMismatch) {
                const std::string expected = printer(misfit.cause_expected);
                const std::string inferred = printer(misfit.cause_inferred);
                found.notes.push_back(
                    fmt::format("in these, `{}` does not fit `{}`", inferred, expected));
                found.expectation.emplace_back("cause.expectation.expected", expected);
                found.expectation.emplace_back("cause.expectation.inferred", inferred);
            } else if (misfit.cause == Kind::MissingRow || misfit.cause == Kind::ExtraRow) {
                const std::string name(misfit.cause_name.text());
                found.notes.push_back(
                    fmt::format("`{}` is {} what is found", name,
                                misfit.cause == Kind::MissingRow ? "missing from" : "too many in"));
                found.expectation.emplace_back("cause.expectation.ident", name);
            }
            break;
        case Kind::VarLevelMismatch: {
            const std::string name(misfit.name.text());
            found.message = fmt::format(
                "this would have to be of every type `{}`, but it comes from outside of the "
                "`forall`",
                name);
            found.labels.push_back(
                {span, fmt::format("this was introduced before `{}` was", name), true});
            found.notes.push_back(fmt::format(
                "its type is one, not yet known; `{}` stands for any type that a caller chooses",
                name));
            found.expectation.emplace_back("type_var", name);
            break;
        }
        case Kind::ForallParametricityViolation: {
            const std::string tail = printer(misfit.expected);
            const std::string violating = printer(misfit.inferred);
            found.message = fmt::format(
                "`{}` is not what every caller may choose for the tail `{}`", violating, tail);
            found.labels.push_back({span, "this fits some choices of the tail only", true});
            found.notes.emplace_back(
                "a variable of a `forall` stands for every type: nothing may be assumed of it");
            found.expectation.emplace_back("tail", tail);
            found.expectation.emplace_back("violating_type", violating);
            break;
        }
        case Kind::InhomogeneousRecord: {
            const std::string first = printer(misfit.expected);
            const std::string second = printer(misfit.inferred);
            found.message = fmt::format(
                "a dictionary is expected, and this record has fields of types `{}` and `{}`",
                first, second);
            found.labels.push_back({span, "not all fields of this are of one type", true});
            found.expectation.emplace_back("row_a", first);
            found.expectation.emplace_back("row_b", second);
            break;
        }
    }
    if (asked_by_ && !(asked_by_->span == span))
        found.labels.push_back({asked_by_->span, "this annotation asks for it", false});
    return found;
}

void Checker::report_contract_in_term(const ast::Node* type, const ast::Node* contract) {
    value::Diagnostic found;
    found.kind = "TypecheckError::CtrTypeInTermPos";
    found.message = "a type that holds a contract cannot be used as a value in typed code";
    found.labels.push_back({type->span, "this type stands where a value does", true});
    found.labels.push_back({contract->span, "and holds this contract", false});
    found.notes.emplace_back("move it out of the typed part, or into an annotation");
    diagnostics_->push_back(std::move(found));
}

}
