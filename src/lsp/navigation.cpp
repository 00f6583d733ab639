#include "lang/syntax/quoting.hpp"
#include "lang/syntax/token.hpp"
#include "lsp/features.hpp"

#include <algorithm>
#include <map>

// Hover, definition, references and rename.
namespace lsp {

using ast::Kind;

static json::Value range_of(const Workbench& bench, const Analysis& file, Span span) {
    const Text lines = bench.lines_of(file);
    return range_json(lines.position(file.offset(span.begin)),
                      lines.position(file.offset(span.end)));
}

static json::Value location_json(const Workbench& bench, const Location& place) {
    return json::Object{{"uri", uri_of_path(place.file->path())},
                        {"range", range_of(bench, *place.file, place.span)}};
}

static Pos pos_at(const Workbench& bench, const Analysis& file, Position position) {
    return file.pos(bench.lines_of(file).offset(position));
}

json::Value hover(Workbench& bench, const Analysis& file, Position position) {
    const auto subject = subject_at(bench, file, pos_at(bench, file, position));
    if (!subject) return nullptr;
    std::string text;
    const auto add = [&](const std::string& part) {
        if (text.find(part) != text.npos) return;
        if (!text.empty()) text += "\n\n---\n\n";
        text += part;
    };
    for (const Known& field : subject->fields) add(describe(field));
    if (subject->fields.empty() && subject->definition != nullptr) {
        add(describe(*subject->definition, file));
    }
    return json::Object{{"contents", json::Object{{"kind", "markdown"}, {"value", text}}},
                        {"range", range_of(bench, file, subject->span)}};
}

json::Value definition(Workbench& bench, const Analysis& file, Position position) {
    const Pos pos = pos_at(bench, file, position);
    json::Array places;
    // The text of an import leads to the file.
    const Spot spot = find_spot(file, pos);
    if (const ast::Node* node = spot.innermost(); node != nullptr && node->kind == Kind::Import) {
        const Analysis* other =
            bench.project.imported(file, static_cast<const ast::Import&>(*node));
        if (other == nullptr || !other->path().starts_with('/')) return nullptr;
        return location_json(bench, {other, {other->pos(0), other->pos(0)}});
    }
    const auto subject = subject_at(bench, file, pos);
    if (!subject) return nullptr;
    for (const Location& place : places_of(*subject, file)) {
        // What is made in memory, a provider's module, no editor could show.
        if (!place.file->path().starts_with('/')) continue;
        // From the definition itself, one asks for what it is held to.
        if (subject->is_place && place.span == subject->span && place.file == &file &&
            subject->fields.size() > 1)
            continue;
        places.push_back(location_json(bench, place));
    }
    if (places.empty()) return nullptr;
    return places;
}

namespace {

// All names in a file that may stand for the subject.
class Occurrences final : public Visitor {
public:
    Occurrences(Workbench& bench, const Analysis& file, const Subject& subject,
                std::vector<Location> places)
        : bench_(bench), file_(file), subject_(subject), places_(std::move(places)) {}

    void enter(const ast::Node& node) override {
        if (node.kind == Kind::Var) {
            const auto& var = static_cast<const ast::Var&>(node);
            if (var.name.text() != subject_.name) return;
            const Definition* definition = file_.definition(var.binding);
            if (definition != nullptr && is_wanted(definition->span)) found.push_back(var.span);
        } else if (node.kind == Kind::Access) {
            const auto& access = static_cast<const ast::Access&>(node);
            if (access.field.text() != subject_.name || subject_.fields.empty()) return;
            Knowledge knowledge(bench_.project);
            for (const Known& field : knowledge.members({&file_, access.object}, access.field)) {
                const Location place{field.file, field.span()};
                if (std::ranges::find(places_, place) == places_.end()) continue;
                found.push_back(access.field_span);
                return;
            }
        }
    }
    void enter_field(const ast::Record&, const ast::FieldDef& field) override {
        for (const ast::PathElement& element : field.path) {
            if (is_wanted(element.span)) found.push_back(element.span);
        }
    }
    void include(const ast::Record&, const ast::IncludeDef& include) override {
        const Definition* what = file_.definition(include.binding);
        const auto length = static_cast<Pos>(include.name.text().size());
        if (what == nullptr || !is_wanted(what->span)) return;
        found.push_back({include.span.begin, include.span.begin + length});
        includes.push_back(include.span.begin);
    }
    void pattern(const ast::Pattern& pattern, const ast::Annotations*, const ast::Node*) override {
        const auto length = static_cast<Pos>(pattern.alias.text().size());
        const Span name{pattern.span.begin, pattern.span.begin + length};
        if (pattern.alias.id != 0 && is_wanted(name)) found.push_back(name);
    }

    std::vector<Span> found;
    std::vector<Pos> includes;

private:
    bool is_wanted(Span span) const {
        return std::ranges::find(places_, Location{&file_, span}) != places_.end();
    }

    Workbench& bench_;
    const Analysis& file_;
    const Subject& subject_;
    std::vector<Location> places_;
};

struct Found {
    const Analysis* file;
    std::vector<Span> spans;
    std::vector<Pos> includes;
};

}

static std::vector<Found> occurrences(Workbench& bench, const Analysis& file,
                                      const Subject& subject) {
    std::vector<Found> all;
    std::vector<const Analysis*> files{&file};
    // A variable is of its file alone.
    if (!subject.fields.empty()) {
        for (const Analysis* other : bench.project.known_files()) {
            if (other != &file) files.push_back(other);
        }
    }
    for (const Analysis* one : files) {
        if (one->text().find(subject.name) == std::string::npos) continue;
        Occurrences visitor(bench, *one, subject, places_of(subject, file));
        walk(one->root(), visitor);
        std::ranges::sort(visitor.found, {}, &Span::begin);
        const auto [first, last] = std::ranges::unique(visitor.found);
        visitor.found.erase(first, last);
        if (!visitor.found.empty()) all.push_back({one, visitor.found, visitor.includes});
    }
    return all;
}

json::Value references(Workbench& bench, const Analysis& file, Position position,
                       bool with_declaration) {
    const auto subject = subject_at(bench, file, pos_at(bench, file, position));
    if (!subject) return nullptr;
    const std::vector<Location> places = places_of(*subject, file);
    json::Array result;
    for (const Found& found : occurrences(bench, file, *subject)) {
        for (const Span span : found.spans) {
            const Location place{found.file, span};
            const bool is_declaration = std::ranges::find(places, place) != places.end();
            if (with_declaration || !is_declaration) {
                result.push_back(location_json(bench, place));
            }
        }
    }
    return result;
}

json::Value highlights(Workbench& bench, const Analysis& file, Position position) {
    const auto subject = subject_at(bench, file, pos_at(bench, file, position));
    if (!subject) return nullptr;
    json::Array result;
    for (const Found& found : occurrences(bench, file, *subject)) {
        if (found.file != &file) continue;
        for (const Span span : found.spans) {
            result.push_back(json::Object{{"range", range_of(bench, file, span)}});
        }
    }
    return result;
}

json::Value prepare_rename(Workbench& bench, const Analysis& file, Position position) {
    const auto subject = subject_at(bench, file, pos_at(bench, file, position));
    if (!subject) return nullptr;
    for (const Location& place : places_of(*subject, file)) {
        if (!place.file->path().starts_with('/')) return nullptr;
    }
    return json::Object{{"range", range_of(bench, file, subject->span)},
                        {"placeholder", subject->name}};
}

// The variable of a pattern that is also the name of the field that it takes.
static bool is_punned(const Analysis& file, Span name) {
    // Before it stands `{` or `,`, behind it no `=`: of what binds variables only a record pattern
    // looks so, as a field of a record is no variable.
    const Spot spot = find_spot(file, name.begin);
    if (spot.on_pattern == nullptr) return false;
    std::string_view before = std::string_view(file.text()).substr(0, file.offset(name.begin));
    const std::size_t at = before.find_last_not_of(" \t\r\n");
    return at != before.npos && (before[at] == '{' || before[at] == ',');
}

base::Result<json::Value> rename(Workbench& bench, const Analysis& file, Position position,
                                 const std::string& name) {
    const auto refuse = [](std::string why) {
        return base::Error(base::Code::InvalidArgument, std::move(why));
    };
    const auto subject = subject_at(bench, file, pos_at(bench, file, position));
    if (!subject) return refuse("there is nothing to be renamed here");
    const bool is_field = !subject->fields.empty();
    const bool is_name =
        lang::is_plain_field(name) && lang::word_kind(name) == lang::TokenKind::Identifier;
    if (name.empty() || (!is_field && !is_name)) return refuse("`" + name + "` is no name");
    for (const Location& place : places_of(*subject, file)) {
        if (place.file->path().starts_with('/')) continue;
        return refuse("`" + subject->name + "` is defined in " + place.file->path());
    }
    json::Object changes;
    for (const Found& found : occurrences(bench, file, *subject)) {
        if (!found.includes.empty() || (is_field && !is_name)) {
            // A variable names it as well, which would need another text there.
            if (!found.includes.empty())
                return refuse("`include " + subject->name + "` takes its name over");
        }
        json::Array edits;
        for (const Span span : found.spans) {
            std::string text = is_field ? lang::quote_field(name) : name;
            if (!is_field && is_punned(*found.file, span)) text = subject->name + " = " + name;
            edits.push_back(
                json::Object{{"range", range_of(bench, *found.file, span)}, {"newText", text}});
        }
        changes.set(uri_of_path(found.file->path()), std::move(edits));
    }
    return json::Value(json::Object{{"changes", std::move(changes)}});
}

}
