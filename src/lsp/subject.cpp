#include "lsp/features.hpp"

#include <algorithm>

namespace lsp {

using ast::Kind;

static std::vector<Known> fields_behind(const Analysis& file, const Definition& definition) {
    std::vector<Known> fields;
    if (definition.field == nullptr) return fields;
    fields.push_back({.name = definition.name, .file = &file, .field = definition.field});
    for (const ast::FieldDef* more : definition.more) {
        fields.push_back({.name = definition.name, .file = &file, .field = more});
    }
    return fields;
}

// The name of a field where it is defined: itself, and what is expected of it.
static Subject field_subject(Workbench& bench, const Analysis& file, const Spot& spot) {
    Knowledge knowledge(bench.project);
    const ast::PathElement& element = spot.on_field->path[spot.element];
    Subject subject{
        .name = std::string(element.name.text()), .span = element.span, .is_place = true};
    const std::size_t step = spot.steps.size() - 1;
    Fields expected = knowledge.expected_fields(file, spot, step);
    for (std::size_t i = 0; i <= spot.element; ++i) {
        Fields inner;
        for (const Known& field : expected) {
            if (field.name != spot.on_field->path[i].name) continue;
            if (i == spot.element)
                subject.fields.push_back(field);
            else
                std::ranges::copy(knowledge.fields_of(field), std::back_inserter(inner));
        }
        expected = std::move(inner);
    }
    subject.fields.insert(subject.fields.begin(), Known{.name = element.name,
                                                        .file = &file,
                                                        .field = spot.on_field,
                                                        .element = spot.element});
    if (spot.element == 0) {
        if (const Definition* own = file.definition_at(element.span.begin)) {
            for (const ast::FieldDef* more : own->more) {
                subject.fields.push_back({.name = own->name, .file = &file, .field = more});
            }
        }
    }
    return subject;
}

std::optional<Subject> subject_at(Workbench& bench, const Analysis& file, Pos pos) {
    const Spot spot = find_spot(file, pos);
    if (spot.on_field != nullptr) {
        if (spot.on_field->path[spot.element].dynamic != nullptr) return std::nullopt;
        return field_subject(bench, file, spot);
    }
    const auto of_definition = [&](const Definition* definition, Span span, bool is_place) {
        Subject subject{.name = std::string(definition->name.text()),
                        .fields = fields_behind(file, *definition),
                        .definition = definition,
                        .span = span,
                        .is_place = is_place};
        return subject;
    };
    if (spot.on_include != nullptr) {
        const Definition* what = file.definition(spot.on_include->binding);
        if (what == nullptr) return std::nullopt;
        const auto length = static_cast<Pos>(spot.on_include->name.text().size());
        const Pos begin = spot.on_include->span.begin;
        return of_definition(what, {begin, begin + length}, false);
    }
    if (spot.on_pattern != nullptr) {
        const Definition* own = file.definition_at(spot.on_pattern->span.begin);
        if (own == nullptr) return std::nullopt;
        return of_definition(own, own->span, true);
    }
    const ast::Node* node = spot.innermost();
    if (node == nullptr) return std::nullopt;
    if (node->kind == Kind::Var) {
        const auto& var = static_cast<const ast::Var&>(*node);
        const Definition* definition = file.definition(var.binding);
        if (definition == nullptr) return std::nullopt;
        return of_definition(definition, var.span, false);
    }
    if (node->kind == Kind::Access) {
        const auto& access = static_cast<const ast::Access&>(*node);
        if (pos < access.field_span.begin || pos > access.field_span.end) return std::nullopt;
        Subject subject{.name = std::string(access.field.text()),
                        .fields =
                            Knowledge(bench.project).members({&file, access.object}, access.field),
                        .span = access.field_span};
        if (subject.fields.empty()) return std::nullopt;
        return subject;
    }
    return std::nullopt;
}

std::vector<Location> places_of(const Subject& subject, const Analysis& file) {
    std::vector<Location> places;
    for (const Known& field : subject.fields) {
        if (field.module != nullptr) continue;
        const Location place{field.file, field.span()};
        if (std::ranges::find(places, place) == places.end()) places.push_back(place);
    }
    if (subject.fields.empty() && subject.definition != nullptr) {
        places.push_back({&file, subject.definition->span});
    }
    return places;
}

// ---- in words

static std::string one_line(std::string_view text, std::size_t most) {
    std::string line;
    for (const char c : text) {
        const bool blank = c == ' ' || c == '\n' || c == '\t' || c == '\r';
        if (!blank)
            line += c;
        else if (!line.empty() && line.back() != ' ')
            line += ' ';
    }
    if (line.size() > most) line = line.substr(0, most) + "…";
    return line;
}

// As it is written, where that is short.
static std::string short_value(const Analysis& file, const ast::Node* value) {
    if (value == nullptr) return {};
    switch (value->kind) {
        case Kind::Null:
        case Kind::Bool:
        case Kind::Number:
        case Kind::String:
        case Kind::EnumTag:
        case Kind::Array:
        case Kind::Binary:
        case Kind::Access:
        case Kind::Import: return one_line(file.text(value->span), 60);
        default: return {};
    }
}

static std::string in_words(const std::string& name, const Analysis& file,
                            const ast::Annotations* about, const ast::Node* value) {
    std::string text = "```nickel\n" + name;
    if (about != nullptr) {
        if (about->type != nullptr) text += " : " + one_line(file.text(about->type->span), 300);
        for (const ast::Node* contract : about->contracts) {
            text += " | " + one_line(file.text(contract->span), 300);
        }
        if (about->optional) text += " | optional";
        if (about->priority == ast::PriorityKind::Default) text += " | default";
        if (about->priority == ast::PriorityKind::Force) text += " | force";
        if (about->not_exported) text += " | not_exported";
    }
    const std::string shown = short_value(file, value);
    if (!shown.empty()) text += " = " + shown;
    text += "\n```";
    if (about != nullptr && about->doc != nullptr && about->doc->kind == Kind::String) {
        text += "\n\n" + std::string(static_cast<const ast::String*>(about->doc)->text);
    }
    return text;
}

std::string describe(const Known& field) {
    const std::string name(field.name.text());
    if (field.module != nullptr) {
        return "```nickel\nstd." + name + "\n```\n\nA module of the standard library.";
    }
    if (field.row != nullptr) {
        return "```nickel\n" + name + " : " +
               one_line(field.file->text(field.row->type->span), 300) + "\n```";
    }
    return in_words(name, *field.file, field.annotations(), field.value());
}

std::string describe(const Definition& definition, const Analysis& file) {
    return in_words(std::string(definition.name.text()), file, definition.annotations,
                    definition.value);
}

}
