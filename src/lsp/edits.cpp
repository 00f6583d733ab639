#include "lang/format/format.hpp"
#include "lsp/features.hpp"

#include <algorithm>

// What changes the text: formatting, and what a diagnostic suggests.
namespace lsp {

json::Value formatting(const std::string& path, const Text& text) {
    lang::MemoryMeter meter;
    lang::SymbolOwner symbols(meter);
    const lang::SymbolScope scope(symbols);
    lang::SourceMap sources;
    const lang::Source* source = sources.add(path, text.text());
    std::vector<value::Diagnostic> findings;
    if (source == nullptr) return nullptr;
    const auto after = lang::format::format(*source, findings);
    if (!after) return nullptr;
    const std::string& before = text.text();
    if (*after == before) return json::Array();
    // Whole lines that are the same at both ends stay, and the cursor with them.
    std::size_t first = 0;
    while (first < before.size() && first < after->size() && before[first] == (*after)[first]) {
        ++first;
    }
    const std::size_t line = before.rfind('\n', first == 0 ? 0 : first - 1);
    first = first == 0 || line == before.npos || line >= first ? 0 : line + 1;
    std::size_t tail = 0;
    while (tail < before.size() - first && tail < after->size() - first &&
           before[before.size() - 1 - tail] == (*after)[after->size() - 1 - tail]) {
        ++tail;
    }
    // Not within a character of several bytes.
    while (tail > 0 &&
           (static_cast<unsigned char>(before[before.size() - tail]) & 0xC0U) == 0x80U) {
        --tail;
    }
    return json::Array{json::Object{
        {"range", range_json(text.position(first), text.position(before.size() - tail))},
        {"newText", after->substr(first, after->size() - tail - first)}}};
}

// "did you mean `x`?" is offered as an edit.
json::Value code_actions(const std::string& uri, const json::Value& diagnostics) {
    json::Array actions;
    const json::Array* list = diagnostics.as_array();
    if (list == nullptr) return actions;
    for (const json::Value& diagnostic : *list) {
        const std::string_view message = diagnostic.string_or("message", "");
        constexpr std::string_view kMark = "did you mean `";
        const std::size_t begin = message.find(kMark);
        const json::Value* range = diagnostic.find("range");
        if (begin == message.npos || range == nullptr) continue;
        const std::size_t from = begin + kMark.size();
        const std::string name(message.substr(from, message.find('`', from) - from));
        json::Object changes;
        changes.set(uri, json::Array{json::Object{{"range", *range}, {"newText", name}}});
        actions.push_back(json::Object{{"title", "Replace by `" + name + "`"},
                                       {"kind", "quickfix"},
                                       {"diagnostics", json::Array{diagnostic}},
                                       {"isPreferred", true},
                                       {"edit", json::Object{{"changes", std::move(changes)}}}});
    }
    return actions;
}

}
