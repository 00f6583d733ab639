#include "lang/tools/session.hpp"

#include "base/text.hpp"
#include "lang/print/printer.hpp"
#include "lang/syntax/parser.hpp"
#include "lang/syntax/quoting.hpp"
#include "lang/syntax/token.hpp"

#include <algorithm>

namespace lang::tools {

using ast::ImportFormat;

constexpr std::size_t kMaxShown = 80;

namespace {

struct Parsed {
    // A map of sources of its own: tries at parsing leave nothing behind in the session's.
    explicit Parsed(std::string text) : result() {
        const Source* source = sources.add("<input>", std::move(text));
        if (source == nullptr) return;
        end = source->base + static_cast<Pos>(source->text.find_last_not_of(" \t\r\n") + 1);
        result = parse(*source, arena);
    }

    SourceMap sources;
    Arena arena;
    ParseResult result;
    Pos end = 0;
};

void collect_names(const ast::Pattern& pattern, std::vector<std::string>& names) {
    if (pattern.alias.id != 0) names.emplace_back(pattern.alias.text());
    if (pattern.argument != nullptr) collect_names(*pattern.argument, names);
    for (const auto& field : pattern.fields) collect_names(*field.pattern, names);
    for (const auto* element : pattern.elements) collect_names(*element, names);
    if (pattern.rest.name.id != 0) names.emplace_back(pattern.rest.name.text());
}

// The names that `let …` without `in` binds; none if it is something else.
std::vector<std::string> defined_names(const std::string& text) {
    std::vector<std::string> names;
    if (!base::trim(text).starts_with("let")) return names;
    // It is a definition if it is wrong alone and right with a body.
    const Parsed whole(text);
    const Parsed open(text + "\nin null");
    const auto* root = open.result.root;
    if (whole.result.ok() || !open.result.ok() || root->kind != ast::Kind::Let) return names;
    for (const auto& binding : static_cast<const ast::Let*>(root)->bindings) {
        collect_names(*binding.pattern, names);
    }
    return names;
}

}

bool Session::is_incomplete(std::string_view text) {
    const std::string_view line = base::trim(text);
    if (line.empty() || line.starts_with(':')) return false;
    // To the parser `let x = 1` is not at its end; to a session it is.
    if (!defined_names(std::string(text)).empty()) return false;
    const Parsed parsed{std::string(text)};
    if (parsed.result.root == nullptr || parsed.result.ok()) return false;
    // What is wrong is wrong at the end, or something is never closed.
    const value::Diagnostic& first = parsed.result.diagnostics.front();
    if (first.message.starts_with("unclosed")) return true;
    return !first.labels.empty() && first.labels.front().span.begin >= parsed.end;
}

Word Session::value_of(const std::string& text, Reply& reply) {
    return evaluation.load_text("<input " + std::to_string(++inputs_) + ">", text,
                                ImportFormat::Nickel, reply.findings);
}

Word Session::forced(Word word, Reply& reply) {
    if (!reply.findings.empty()) return {};
    std::optional<value::Diagnostic> error;
    word = evaluation.evaluate(word, error);
    if (error) reply.findings.push_back(std::move(*error));
    return word;
}

void Session::define(std::string_view name, Word value) {
    evaluation.define(name, value);
    // A name may be defined again: what follows sees the new one, what was defined before keeps the
    // old one.
    if (std::ranges::find(names_, name) == names_.end()) names_.emplace_back(name);
}

// `let x = 1` without `in`. Each name is a program of its own: values are lazy, so that nothing is
// evaluated twice but what is asked for by several.
bool Session::define_all(const std::string& text, Reply& reply) {
    const std::vector<std::string> names = defined_names(text);
    std::vector<std::pair<std::string, Word>> made;
    for (const std::string& name : names) {
        made.emplace_back(name, value_of(text + "\nin " + name, reply));
        if (!reply.findings.empty()) return true;
    }
    // All or none: half of a pattern's names would be of no use.
    for (const auto& [name, word] : made) define(name, word);
    return !names.empty();
}

void Session::evaluate(const std::string& text, Reply& reply) {
    Word word = value_of(text, reply);
    if (!reply.findings.empty()) return;
    std::optional<value::Diagnostic> error;
    word = evaluation.evaluate_deep(word, error);
    if (error) return reply.findings.push_back(std::move(*error));
    const auto shown = print_value(evaluation.machine, word);
    if (shown)
        reply.text = *shown + "\n\n";
    else
        reply.complaint = shown.error().text();
}

void Session::define_fields(Word word, const std::string& what, Reply& reply) {
    word = forced(word, reply);
    if (!reply.findings.empty()) return;
    if (!is(word, Tag::Record)) {
        reply.complaint = what + " is " + evaluation.machine.describe(word) +
                          ": only the fields of a record can be loaded";
        return;
    }
    auto& record = *as<Record>(word);
    for (const std::uint32_t slot : record.shape->sorted_slots()) {
        const std::string name(record.shape->symbols[slot].text());
        const Word value = evaluation.machine.field(record, slot);
        // A field `if` or `a b` cannot be written as a name: it stays reachable through its record
        // only.
        const bool is_name = is_plain_field(name) && word_kind(name) == TokenKind::Identifier;
        if (value.exists() && is_name) define(name, value);
    }
}

void Session::load(const std::string& path, Reply& reply) {
    const Word word = evaluation.load_file(path, ImportFormat::Auto, reply.findings);
    if (reply.findings.empty()) define_fields(word, path, reply);
}

// What the annotations of the field say that the path ends with.
void Session::query_metadata(const std::string& path, Reply& reply) {
    const std::size_t dot = path.rfind('.');
    if (dot == path.npos) return;
    const Word object = forced(value_of(path.substr(0, dot), reply), reply);
    if (!reply.findings.empty() || !is(object, Tag::Record)) return;
    const std::vector<Symbol> names = parse_field_path(path.substr(dot + 1), reply.findings);
    // Parsed by itself: a quoted name may hold a dot, and then this was not the last part.
    if (names.size() != 1) return;
    auto& record = *as<Record>(object);
    const std::uint32_t slot = record.shape->find(names[0]);
    const Meta* meta = slot == Shape::kAbsent ? nullptr : evaluation.machine.meta(record, slot);
    if (meta == nullptr) return;
    for (const Span span : meta->contracts) {
        reply.text += "• contract: " + print_annotation(evaluation.sources, span) + "\n";
    }
    if (meta->type.exists()) {
        reply.text += "• type: " + print_annotation(evaluation.sources, meta->type) + "\n";
    }
    if (meta->has_doc) reply.text += "• documentation: " + std::string(meta->doc) + "\n";
}

void Session::query(const std::string& path, Reply& reply) {
    query_metadata(path, reply);
    const Word word = forced(value_of(path, reply), reply);
    if (!reply.findings.empty()) return;
    if (is(word, Tag::Record)) {
        reply.text += reply.text.empty() ? "Available fields\n" : "\nAvailable fields\n";
        const Shape& shape = *as<Record>(word)->shape;
        for (const std::uint32_t slot : shape.sorted_slots()) {
            reply.text += "• " + std::string(shape.symbols[slot].text()) + "\n";
        }
    } else if (const auto shown = print_value(evaluation.machine, word)) {
        // A query is a look at a field; the whole of a long value `:print` shows.
        const bool is_long = shown->size() > kMaxShown || shown->find('\n') != shown->npos;
        if (!is_long) reply.text += "• value: " + *shown + "\n";
    }
    reply.text += "\n";
}

static std::string help(std::string_view about) {
    struct Entry {
        std::string_view name, arguments, text;
    };
    static constexpr Entry entries[] = {
        {"load", " FILE", "names for the fields of the record that the file evaluates to"},
        {"typecheck", " EXPRESSION", "checks static types, and evaluates nothing"},
        {"query", " PATH", "contract, type, documentation and fields of what the path names"},
        {"print", " EXPRESSION", "evaluates and prints, as an expression alone does"},
        {"help", " [COMMAND]", "this"},
        {"exit", "", "ends the session, as the end of the input does"},
    };
    std::string text;
    for (const Entry& entry : entries) {
        if (!about.empty() && entry.name != about) continue;
        text += ":" + std::string(entry.name) + std::string(entry.arguments) + "\n    " +
                std::string(entry.text) + "\n";
    }
    if (about.empty()) {
        text += "\n`let x = …` without `in` defines a name for what follows. "
                "An expression that is not at its end goes on in the next line.\n";
    }
    return text + "\n";
}

void Session::command(std::string_view line, Reply& reply) {
    line.remove_prefix(1);
    const std::size_t blank = std::min(line.find_first_of(" \t\n"), line.size());
    const std::string word(line.substr(0, blank));
    const std::string rest(base::trim(line.substr(blank)));
    const auto is_one = [&](std::string_view name, std::string_view letter) {
        return word == name || word == letter;
    };
    // Names and their short forms as the official session has them.
    if (is_one("exit", "quit")) {
        reply.is_over = true;
    } else if (is_one("help", "?")) {
        reply.text = help(rest);
    } else if (is_one("load", "l") || is_one("typecheck", "tc") || is_one("query", "q") ||
               is_one("print", "p")) {
        if (rest.empty()) {
            reply.complaint = ":" + word + " needs something behind it; `:help` says what";
        } else if (is_one("load", "l")) {
            load(rest, reply);
        } else if (is_one("query", "q")) {
            query(rest, reply);
        } else if (is_one("print", "p")) {
            evaluate(rest, reply);
        } else {
            // Loading checks types, and evaluates nothing.
            (void)value_of(rest, reply);
            if (reply.findings.empty()) reply.text = "Ok\n\n";
        }
    } else {
        static const std::vector<std::string> known{"exit",  "help",  "load",
                                                    "print", "query", "typecheck"};
        const std::string hint = base::did_you_mean(word, known);
        reply.complaint =
            "unknown command `:" + word + "`\n  = " + (hint.empty() ? "`:help` lists them" : hint);
    }
}

Reply Session::run(const std::string& text) {
    Reply reply;
    const std::string_view line = base::trim(text);
    if (line.empty()) return reply;
    if (line.front() == ':') {
        command(line, reply);
    } else if (!define_all(text, reply)) {
        // A definition has no value to print, and an expression defines nothing.
        evaluate(text, reply);
    }
    return reply;
}

std::vector<std::string> Session::complete(std::string_view before) {
    constexpr std::string_view kInWord = "_-'.";
    std::size_t begin = before.size();
    while (begin > 0) {
        const char c = before[begin - 1];
        const bool word = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
                          (c >= '0' && c <= '9') || kInWord.find(c) != kInWord.npos;
        if (!word) break;
        --begin;
    }
    const std::string_view word = before.substr(begin);
    const std::size_t dot = word.rfind('.');
    std::vector<std::string> found;
    const auto offer = [&](std::string candidate) {
        if (candidate.starts_with(word)) found.push_back(std::move(candidate));
    };
    if (dot == word.npos) {
        for (const std::string& name : names_) offer(name);
    } else {
        // To complete is to guess: whatever fails on the way is not told. What the object costs to
        // evaluate is kept for when it is asked for.
        Reply ignored;
        const std::string object(word.substr(0, dot));
        const Word value = forced(value_of(object, ignored), ignored);
        if (ignored.findings.empty() && is(value, Tag::Record)) {
            const Shape& shape = *as<Record>(value)->shape;
            for (const std::uint32_t slot : shape.sorted_slots()) {
                offer(object + "." + quote_field(shape.symbols[slot].text()));
            }
        }
    }
    std::ranges::sort(found);
    return found;
}

}
