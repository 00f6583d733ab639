#pragma once

#include "lsp/knowledge.hpp"

#include <optional>

namespace lsp {

// One request's view: the project, and how places are told to this client.
struct Workbench {
    Project& project;
    bool counts_bytes = false;

    Text lines_of(const Analysis& file) const { return Text(file.text(), counts_bytes); }
};

// Where something is written.
struct Location {
    const Analysis* file = nullptr;
    Span span{};

    bool operator==(const Location&) const = default;
};

// ---- what a place is about (subject.cpp)
struct Subject {
    std::string name;
    std::vector<Known> fields;                // a field of a record
    const Definition* definition = nullptr;   // or a variable, of the file itself
    Span span{};                              // the name at the place
    bool is_place = false;                    // it is defined there
};
std::optional<Subject> subject_at(Workbench& bench, const Analysis& file, Pos pos);
std::vector<Location> places_of(const Subject& subject, const Analysis& file);
// "name : T | C", its documentation and a short value, as Markdown.
std::string describe(const Known& field);
std::string describe(const Definition& definition, const Analysis& file);

// ---- answers; null where there is nothing to say
json::Value hover(Workbench& bench, const Analysis& file, Position position);
json::Value definition(Workbench& bench, const Analysis& file, Position position);
json::Value references(Workbench& bench, const Analysis& file, Position position,
                       bool with_declaration);
json::Value highlights(Workbench& bench, const Analysis& file, Position position);
base::Result<json::Value> rename(Workbench& bench, const Analysis& file, Position position,
                                 const std::string& name);
json::Value prepare_rename(Workbench& bench, const Analysis& file, Position position);
// The types of what has none written and is no literal, between two places.
json::Value inlay_hints(Workbench& bench, const Analysis& file, Position first, Position last);
json::Value symbols(Workbench& bench, const Analysis& file);
json::Value completion(Workbench& bench, const std::string& path, const Text& text,
                       Position position);
// Edits of the whole text; none if it is formatted, null if it is no program.
json::Value formatting(const std::string& path, const Text& text);
json::Value code_actions(const std::string& uri, const json::Value& diagnostics);
json::Array diagnostics(Workbench& bench, const std::string& path);
// Of a sound file: what is no mistake and worth a look.
json::Array lint(Workbench& bench, const Analysis& file);
// The problems that `check --json` tells, of the file.
json::Array check_diagnostics(Workbench& bench, const std::string& path,
                              const json::Array& problems);

}
