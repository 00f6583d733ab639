#include "lang/types/checker.hpp"

#include "lang/syntax/quoting.hpp"

#include <fmt/core.h>

// Findings: what was expected, who asked for it, and what was found.
namespace lang::types {

namespace {

using Kind = Misfit::Kind;

// The names of the official implementation, as tests and tools compare them.
std::string_view name_of(Kind kind) {
    switch (kind) {
        case Kind::None:
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

// As one would write it in a program.
std::string path_text(const std::vector<Symbol>& path) {
    std::string text;
    for (const Symbol step : path) {
        if (!text.empty()) text += '.';
        text += quote_field(step.text());
    }
    return text;
}

// Fills in one finding.
class Report {
public:
    Report(value::Diagnostic& found, const Misfit& misfit, TypePrinter& printer, Span span)
        : found_(found), misfit_(misfit), printer_(printer), span_(span) {}

    std::string text(TypeId type) { return printer_(type); }
    void label(std::string text) { found_.labels.push_back({span_, std::move(text), true}); }
    void note(std::string text) { found_.notes.push_back(std::move(text)); }
    void carry(std::string_view name, std::string_view value) {
        found_.expectation.emplace_back(name, value);
    }

    // `expected X, found Y`
    std::pair<std::string, std::string> pair(TypeId expected_type, TypeId inferred_type) {
        // In this order: it is that of the names of variables.
        const std::pair<std::string, std::string> both{text(expected_type), text(inferred_type)};
        found_.message = fmt::format("expected `{}`, found `{}`", both.first, both.second);
        label(fmt::format("this is of type `{}`", both.second));
        return both;
    }

    void types() {
        const auto [expected, inferred] = pair(misfit_.expected, misfit_.inferred);
        carry("expected", expected);
        carry("inferred", inferred);
    }

    void dynamic_tail() {
        (void)pair(misfit_.expected, misfit_.inferred);
        note(misfit_.kind == Kind::MissingDynTail
                 ? "the expected type ends in `; Dyn`, which stands for fields of unknown types; "
                   "the other does not"
                 : "the type found ends in `; Dyn`, which stands for fields of unknown types; the "
                   "expected one does not");
    }

    void rows(bool is_record) {
        const std::string name(misfit_.name.text());
        const std::string shown = is_record ? quote_field(name) : quote_tag(name);
        const std::string expected = text(misfit_.expected);
        const std::string inferred = text(misfit_.inferred);
        carry("ident", name);
        if (misfit_.kind == Kind::MissingRow && is_record) {
            found_.message = fmt::format("there is no field `{}` in `{}`", shown, inferred);
            label(fmt::format("this has no field `{}`", shown));
        } else if (misfit_.kind == Kind::MissingRow) {
            found_.message = fmt::format("`{}` is not among the tags of `{}`", shown, inferred);
            label("this has other tags than expected");
        } else if (is_record) {
            found_.message = fmt::format("the field `{}` is too many for `{}`", shown, expected);
            label(fmt::format("this has a field `{}`", shown));
        } else {
            found_.message =
                fmt::format("the tag `{}` is not among those of `{}`", shown, expected);
            label(fmt::format("this may be `{}`", shown));
        }
        // Both whole, below the message: what is missing or too many is seen by comparing them.
        note("expected: " + expected);
        note("found: " + inferred);
    }

    void field_type() {
        const std::string path = path_text(misfit_.path);
        const std::string expected = text(misfit_.expected);
        const std::string inferred = text(misfit_.inferred);
        found_.message = fmt::format("the field `{}` is of type `{}`, but `{}` is expected", path,
                                     inferred, expected);
        label(fmt::format("here `{}` is of type `{}`", path, inferred));
    }

    void tag_type() {
        const std::string tag = quote_tag(misfit_.name.text());
        const std::string expected = text(misfit_.expected);
        const std::string inferred = text(misfit_.inferred);
        found_.message =
            fmt::format("`{}` is given `{}`, but `{}` is expected", tag, inferred, expected);
        label(fmt::format("here `{}` comes with `{}`", tag, inferred));
    }

    void conflict(bool is_record) {
        const std::string name(misfit_.name.text());
        const std::string shown = is_record ? quote_field(name) : quote_tag(name);
        found_.message = fmt::format("the {} `{}` would be there twice, with two types",
                                     is_record ? "field" : "tag", shown);
        label(fmt::format("this brings `{}` a second time", shown));
        note(fmt::format("a type such as `{}` says that its variable stands for other {}",
                         is_record ? "{ " + shown + " : Number; r }" : "[| " + shown + "; r |]",
                         is_record ? "fields" : "tags"));
        carry("row", name);
    }

    void arrow() {
        (void)pair(misfit_.expected, misfit_.inferred);
        carry("cause.error", name_of(misfit_.cause));
        // Two functions that differ are long to read: the part in which they do is told beside.
        if (misfit_.cause == Kind::TypeMismatch) {
            const std::string expected = text(misfit_.cause_expected);
            const std::string inferred = text(misfit_.cause_inferred);
            note(fmt::format("in these, `{}` does not fit `{}`", inferred, expected));
            carry("cause.expectation.expected", expected);
            carry("cause.expectation.inferred", inferred);
        } else if (misfit_.cause == Kind::MissingRow || misfit_.cause == Kind::ExtraRow) {
            const std::string name(misfit_.cause_name.text());
            const bool is_missing = misfit_.cause == Kind::MissingRow;
            note(fmt::format("`{}` is {} what is found", name,
                             is_missing ? "missing from" : "too many in"));
            carry("cause.expectation.ident", name);
        }
    }

    void level() {
        const std::string name(misfit_.name.text());
        found_.message = fmt::format(
            "this would have to be of every type `{}`, but it comes from outside of the `forall`",
            name);
        label(fmt::format("this was introduced before `{}` was", name));
        note(fmt::format(
            "its type is one, not yet known; `{}` stands for any type that a caller chooses",
            name));
        carry("type_var", name);
    }

    void parametricity() {
        const std::string tail = text(misfit_.expected);
        const std::string violating = text(misfit_.inferred);
        found_.message = fmt::format("`{}` is not what every caller may choose for the tail `{}`",
                                     violating, tail);
        label("this fits some choices of the tail only");
        note("a variable of a `forall` stands for every type: nothing may be assumed of it");
        carry("tail", tail);
        carry("violating_type", violating);
    }

    void dictionary() {
        const std::string first = text(misfit_.expected);
        const std::string second = text(misfit_.inferred);
        found_.message = fmt::format(
            "a dictionary is expected, and this record has fields of types `{}` and `{}`", first,
            second);
        label("not all fields of this are of one type");
        carry("row_a", first);
        carry("row_b", second);
    }

private:
    value::Diagnostic& found_;
    const Misfit& misfit_;
    TypePrinter& printer_;
    Span span_;
};

}

bool Checker::report(const ast::Node* node) { return report(node->span); }

bool Checker::report(Span span) {
    // False, so that a check can be left with it: after one finding the types of that part are not
    // to be trusted.
    diagnostics_->push_back(describe(span));
    return false;
}

// What helps, where that is likely.
void Checker::explain(value::Diagnostic& found) {
    const Tag expected = store_[unifier_.root(unifier_.misfit.expected)].tag;
    const Tag inferred = store_[unifier_.root(unifier_.misfit.inferred)].tag;
    if (expected == Tag::Contract || inferred == Tag::Contract) {
        // Two contracts that differ: no advice is right for both.
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

value::Diagnostic Checker::describe(Span span) {
    const Misfit& misfit = unifier_.misfit;
    value::Diagnostic found;
    found.kind = name_of(misfit.kind);
    TypePrinter printer(store_, unifier_, *this);
    Report report(found, misfit, printer, span);
    // Rows of records and of enums misfit in the same ways; the words for them differ.
    const bool is_record = store_[unifier_.root(misfit.expected)].tag == Tag::Record;
    switch (misfit.kind) {
        case Kind::None:
        case Kind::TypeMismatch:
            report.types();
            explain(found);
            break;
        case Kind::MissingRow:
        case Kind::ExtraRow: {
            report.rows(is_record);
            // The record is what is looked into, the place of the name is where the mistake was
            // made: both are shown.
            const bool is_access = access_.exists() && sources_.text(access_) == misfit.name.text();
            if (misfit.kind == Kind::MissingRow && is_access)
                found.labels.push_back({access_, "which is asked for here", false});
            break;
        }
        case Kind::MissingDynTail:
        case Kind::ExtraDynTail: report.dynamic_tail(); break;
        case Kind::RecordRowMismatch: report.field_type(); break;
        case Kind::EnumRowMismatch: report.tag_type(); break;
        case Kind::RecordRowConflict: report.conflict(true); break;
        case Kind::EnumRowConflict: report.conflict(false); break;
        case Kind::ArrowTypeMismatch: report.arrow(); break;
        case Kind::VarLevelMismatch: report.level(); break;
        case Kind::ForallParametricityViolation: report.parametricity(); break;
        case Kind::InhomogeneousRecord: report.dictionary(); break;
    }
    // Without it nobody would know why a value far from any annotation is typed code.
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
