#include "lang/workspace/given.hpp"

#include "base/text.hpp"
#include "lang/syntax/quoting.hpp"

#include <algorithm>

namespace lang {

using value::Diagnostic;

namespace {

std::string shown_name(const Given& given) {
    if (given.from == Given::From::Option) return "<--set>";
    return "<" + given.name + ">";
}

// How the same would be written in a shell, with the value as a text.
std::string quoted_call(const Given& given, std::string_view path, std::string_view value) {
    const std::string text = quote_string(value);
    if (given.from == Given::From::Variable) return given.name + "=" + base::quote_shell(text);
    const std::string option = given.from == Given::From::Definition ? "--define " : "--set ";
    return option + base::quote_shell(std::string(path) + "=" + text);
}

// A word where a text was meant: `name=foo`, `host=web.example.org`, `image=debian-12`.
void suggest_quotes(const Given& given, std::string_view path, std::string_view value,
                    Diagnostic& finding) {
    constexpr std::string_view kOfExpressions = "\"'{}[]()|&=;";
    if (value.empty() || value.find_first_of(kOfExpressions) != std::string_view::npos) return;
    if (finding.kind == "TypecheckError::UnboundIdentifier")
        finding.message = "`" + std::string(value) + "` is no value: a text needs quotes";
    finding.notes = {"for the text, write: " + quoted_call(given, path, value)};
}

}

const GivenValues::Node* GivenValues::find(const Node& within, std::string_view name) {
    auto found = within.fields.find(name);
    return found == within.fields.end() ? nullptr : &found->second;
}

void GivenValues::read(std::span<const Given> given, std::vector<Diagnostic>& findings) {
    given_ = given;
    for (std::size_t number = 0; number < given.size(); ++number) {
        if (given[number].from == Given::From::File) {
            read_file(given[number], number, findings);
        } else {
            read_setting(given[number], number, findings);
        }
    }
}

bool GivenValues::has_source(const Source& source) const {
    return std::ranges::any_of(given_, [&](const Given& given) {
        return source.name == (given.from == Given::From::File ? given.name : shown_name(given));
    });
}

void GivenValues::read_setting(const Given& given, std::size_t number,
                               std::vector<Diagnostic>& findings) {
    const std::size_t equals = given.text.find('=');
    if (equals == std::string::npos) {
        findings.push_back(
            {.kind = "ParseError::ParseError",
             .message = "a value is given as PATH=EXPR, but this is `" + given.text + "`",
             .notes = {"for instance `" + given.text + "=1`, or `" + given.text +
                       "=\"text\"` with its quotes"}});
        return;
    }
    const std::string path = given.text.substr(0, equals);
    const std::string value(base::trim(given.text.substr(equals + 1)));
    std::vector<Diagnostic> found;
    // The line break is for an expression that ends in a comment.
    const Word text = evaluation_.load_text(
        shown_name(given), "{ " + path + " = " + given.text.substr(equals + 1) + "\n}",
        ast::ImportFormat::Nickel, found);
    if (!found.empty()) suggest_quotes(given, path, value, found.front());
    for (Diagnostic& finding : found) findings.push_back(std::move(finding));
    if (!text.exists()) return;
    const auto word = evaluate(text, false, findings);
    if (word && is(*word, Tag::Record))
        take_fields(root_, *as<Record>(*word), {number, {}}, 0, findings);
}

void GivenValues::read_file(const Given& given, std::size_t number,
                            std::vector<Diagnostic>& findings) {
    const Word text =
        evaluation_.load_text(given.name, given.text, format_of_path(given.name), findings);
    if (!text.exists()) return;
    const auto word = evaluate(text, true, findings);
    if (!word) return;
    if (is(*word, Tag::Record)) {
        const Span whole = as<Record>(*word)->span;
        if (!is_data(*word, whole, findings)) return;
        take_fields(root_, *as<Record>(*word), {number, whole}, 0, findings);
        return;
    }
    findings.push_back({.kind = "EvalError::Other",
                        .message = "a file of values must be a record, but " + given.name + " is " +
                                   evaluation_.machine.describe(*word),
                        .notes = {"for instance `{ inputs = { … } }`"}});
}

// Before the program is evaluated, and apart from it: what is given cannot read a resource.
std::optional<Word> GivenValues::evaluate(Word word, bool deep, std::vector<Diagnostic>& findings) {
    Machine& machine = evaluation_.machine;
    Task task;
    const Outcome outcome = deep ? machine.start_deep(task, word) : machine.start(task, word);
    if (outcome == Outcome::Done) return machine.result();
    if (outcome == Outcome::Failed) findings.push_back(machine.take_error());
    if (outcome == Outcome::Parked) {
        findings.push_back({.kind = "EvalError::Other",
                            .message = "a value that is given to the program reads a resource",
                            .notes = {"what is given is known before there is any resource"}});
    }
    return std::nullopt;
}

// Plain records become part of the tree, so that values of several sources stand side by side.
bool GivenValues::take_fields(Node& into, Record& record, const Taking& taking, std::size_t depth,
                              std::vector<Diagnostic>& findings) {
    // Nobody writes so many levels by hand; what is deeper is one value.
    constexpr std::size_t kMaxLevels = 50;
    Machine& machine = evaluation_.machine;
    into.word = Word();
    into.whole = record.span;
    into.number = taking.number;
    for (const std::uint32_t slot : record.shape->sorted_slots()) {
        const Word field = machine.field(record, slot);
        if (!field.exists()) continue;
        const auto word = evaluate(field, false, findings);
        if (!word) return false;
        Node& node = into.fields[std::string(record.shape->symbols[slot].text())];
        const bool is_placed = record.fields != nullptr && record.fields[slot].span.exists();
        node.span = is_placed ? record.fields[slot].span : taking.otherwise;
        node.number = taking.number;
        const bool is_plain = is(*word, Tag::Record) && as<Record>(*word)->shape->size > 0 &&
                              as<Record>(*word)->extension == nullptr;
        if (is_plain && depth < kMaxLevels) {
            if (!take_fields(node, *as<Record>(*word), taking, depth + 1, findings)) return false;
            continue;
        }
        node.fields.clear();
        node.word = *word;
    }
    return true;
}

// A file of values holds what could stand in JSON, and enum tags: no resource, no secret, no
// function. All of it was evaluated before.
bool GivenValues::is_data(Word root, Span where, std::vector<Diagnostic>& findings) const {
    Machine& machine = evaluation_.machine;
    struct Open {
        Word word;
        Span span;
    };
    std::vector<Open> open{{root, where}};
    for (std::size_t turn = 0; !open.empty() && !machine.leaves(turn); ++turn) {
        const Open top = open.back();
        open.pop_back();
        Word word;
        if (!machine.at_hand(top.word, word)) continue;   // has no value
        if (word.is_null() || word.is_bool() || word.is_integer() || word.is_tag()) continue;
        const Tag tag = word.object()->tag;
        if (tag == Tag::String || tag == Tag::Rational) continue;
        if (tag == Tag::Array) {
            auto& array = *as<Array>(word);
            for (std::uint32_t i = 0; i < array.size; ++i)
                open.push_back({machine.element(array, i), top.span});
            continue;
        }
        if (tag == Tag::Record && as<Record>(word)->extension == nullptr) {
            auto& record = *as<Record>(word);
            for (std::uint32_t slot = 0; slot < record.shape->size; ++slot) {
                const Word field = machine.field(record, slot);
                const bool is_placed = record.fields && record.fields[slot].span.exists();
                if (field.exists())
                    open.push_back({field, is_placed ? record.fields[slot].span : top.span});
            }
            continue;
        }
        const std::string what = tag == Tag::Record           ? "a resource"
                                 : tag == Tag::SecretTemplate ? "a secret"
                                                              : machine.describe(word);
        findings.push_back({.kind = "EvalError::Other",
                            .message = "a file of values holds data alone, but this is " + what,
                            .labels = {{top.span, "", true}}});
        return false;
    }
    return true;
}

Word GivenValues::record_of(const Node& node) const {
    Machine& machine = evaluation_.machine;
    std::vector<std::pair<Symbol, const Node*>> sorted;
    for (const auto& [name, field] : node.fields) sorted.emplace_back(Symbol::of(name), &field);
    std::ranges::sort(sorted, {}, [](const auto& field) { return field.first.id; });
    std::vector<Symbol> names;
    auto* fields = machine.heap.array<Field>(sorted.size());
    for (std::size_t i = 0; i < sorted.size(); ++i) {
        const Node& field = *sorted[i].second;
        names.push_back(sorted[i].first);
        fields[i] = Field{.method = Method::Shared,
                          .source = field.is_value() ? field.word : record_of(field),
                          .span = field.span};
    }
    Record* record =
        machine.make_record_with(machine.shapes.intern(names), {fields, sorted.size()});
    record->span = node.whole.exists() ? node.whole : node.span;
    return Word::of(record);
}

}
