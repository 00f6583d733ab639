#include "cli/nickel/customise.hpp"

#include "base/text.hpp"
#include "cli/environment.hpp"
#include "lang/syntax/field_path.hpp"
#include "lang/syntax/quoting.hpp"

#include <set>

namespace cli::nickel {

using lang::Machine;
using lang::Record;
using lang::Symbol;
using lang::Tag;
using lang::Word;
using value::Diagnostic;

// After "--", as the official command has it.
base::Result<Customise> Customise::parse(const std::vector<std::string>& words) {
    Customise result;
    for (std::size_t i = 0; i < words.size(); ++i) {
        const std::string& word = words[i];
        if (word == "--override") {
            if (++i == words.size()) return usage_error("--override needs PATH=EXPR");
            result.assignments.push_back({words[i], true});
        } else if (word == "list" && words.size() == 1) {
            result.lists = true;
        } else if (word == "--help" || word == "-h" || (word == "help" && words.size() == 1)) {
            result.helps = true;
        } else if (word.starts_with("-")) {
            return usage_error("unknown option " + word + " after `--`",
                               "after `--` stand PATH=EXPR, --override PATH=EXPR or list");
        } else {
            result.assignments.push_back({word, false});
        }
    }
    return result;
}

std::string_view Customise::help() {
    return R"(After `--` fields of the program are filled in.

  PATH=EXPR             merges a Nickel expression over a field without a value or with a default
  --override PATH=EXPR  over any field: what is there is replaced
  PATH=@env:NAME        the text of an environment variable
  list                  the fields there are, and which of them need --override
  help                  this

A path is written as in Nickel: server."host name". Quote for the shell what it would take:

  nickel export config.ncl -- 'server.host="a"' --override server.port=8080
)";
}

// A field without value, or with a default one.
// What a caller may fill in without --override.
static bool is_input(const Machine& machine, const Record& record, std::uint32_t slot) {
    const lang::Meta* meta = machine.meta(record, slot);
    return !machine.has_value(record, slot) || (meta != nullptr && meta->priority.rank < 0);
}

static std::string path_text(const std::vector<Symbol>& path) {
    std::string text;
    for (const Symbol name : path) {
        text += (text.empty() ? "" : ".") + lang::quote_field(name.text());
    }
    return text;
}

// The expression as source text.
static std::optional<std::string>
expression_of(FileEvaluation& files, const lang::Assignment& given, const lang::Source& source) {
    if (given.value != nullptr) {
        const std::size_t after_path = given.path_span.end - source.base;
        return source.text.substr(source.text.find('=', after_path) + 1);
    }
    const auto value = environment(std::string(given.variable));
    if (value) return lang::quote_string(*value);
    files.fail("Other",
               "the environment variable `" + std::string(given.variable) + "` is not set");
    return std::nullopt;
}

Word Customise::apply(FileEvaluation& files, Word root) const {
    lang::Evaluation& evaluation = files.evaluation;
    std::set<std::string> seen;
    Word result = root;
    for (const Assignment& assignment : assignments) {
        const lang::Source* source = evaluation.sources.add("<command line>", assignment.text);
        if (source == nullptr) {
            files.fail("Other", "the sources together are too large");
            return {};
        }
        lang::Arena arena;
        const auto given = lang::parse_assignment(*source, arena, files.diagnostics());
        if (!given) return {};
        const std::string path = path_text(given->path);
        // Twice the same would depend on the order, which a merge does not know.
        if (!seen.insert(path).second) {
            files.fail("Other", "the field `" + path + "` is assigned twice");
            return {};
        }
        const auto place = files.find(root, given->path);
        if (!place) {
            files.diagnostics().back().notes.emplace_back("`-- list` shows the fields there are");
            return {};
        }
        if (!assignment.overrides && !is_input(evaluation.machine, *place->record, place->slot)) {
            files.fail("Other", "the field `" + path + "` has a value already: --override " +
                                    assignment.text + " replaces it");
            return {};
        }
        const auto value = expression_of(files, *given, *source);
        if (!value) return {};
        const std::string text =
            // In brackets and with a line break: the text may end with a comment. An override is
            // `| force`, which wins over any value and default (merge priorities).
            "{ " + path + (assignment.overrides ? " | force" : "") + " = (" + *value + "\n) }";
        const Word part = evaluation.load_text(
            "<command line>", text, lang::ast::ImportFormat::Nickel, files.diagnostics());
        if (files.failed()) return {};
        // Merged and not put in: contracts of the field hold for it as for any other value.
        result = evaluation.machine.delay_merge(result, part);
    }
    return result;
}

namespace {

struct Listed {
    std::set<std::string> inputs, overridable;
};

}

static std::string contracts_of(FileEvaluation& files, const Record& record, std::uint32_t slot) {
    const lang::Meta* meta = files.evaluation.machine.meta(record, slot);
    std::vector<std::string> texts;
    if (meta == nullptr) return {};
    if (meta->type.exists()) texts.emplace_back(files.evaluation.sources.text(meta->type));
    for (const lang::Span span : meta->contracts) {
        texts.emplace_back(files.evaluation.sources.text(span));
    }
    std::string text;
    for (const std::string& contract : texts) text += (text.empty() ? ": <" : ", ") + contract;
    return text.empty() ? text : text + ">";
}

static void list_fields(FileEvaluation& files, Word root, Listed& listed) {
    struct Open {
        Word word;
        std::string prefix;
    };
    std::vector<Open> open{{root, ""}};
    Machine& machine = files.evaluation.machine;
    while (!open.empty()) {
        const Open top = std::move(open.back());
        open.pop_back();
        const Word value = files.evaluate(top.word);
        if (files.failed()) return;
        if (!lang::is(value, Tag::Record)) continue;
        auto& record = *lang::as<Record>(value);
        for (const std::uint32_t slot : record.shape->sorted_slots()) {
            const std::string path =
                top.prefix + lang::quote_field(record.shape->symbols[slot].text());
            if (is_input(machine, record, slot)) {
                listed.inputs.insert("- " + path + contracts_of(files, record, slot) + "\n");
                continue;
            }
            Word known;
            const Word field = machine.field(record, slot);
            std::optional<Diagnostic> ignored;
            // A field that cannot be evaluated alone, since an input is missing, is shown without
            // a look inside.
            known = files.evaluation.evaluate(field, ignored);
            if (!ignored && lang::is(known, Tag::Record) &&
                lang::as<Record>(known)->shape->size > 0) {
                open.push_back({known, path + "."});
            } else {
                listed.overridable.insert("- " + path + contracts_of(files, record, slot) + "\n");
            }
        }
    }
}

std::string Customise::list(FileEvaluation& files, Word root) const {
    Listed listed;
    list_fields(files, root, listed);
    std::string text;
    if (!listed.inputs.empty()) {
        text += "Input fields:\n";
        for (const std::string& line : listed.inputs) text += line;
        text += "\n";
    }
    if (!listed.overridable.empty()) {
        text += "Overridable fields (require `--override`):\n";
        for (const std::string& line : listed.overridable) text += line;
        text += "\n";
    }
    return text + "Use the `query` subcommand to print a detailed description of a specific field. "
                  "See `nickel help query`.\n";
}

}
