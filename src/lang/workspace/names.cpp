#include "base/text.hpp"
#include "lang/syntax/quoting.hpp"
#include "lang/workspace/workspace_program.hpp"

#include <algorithm>
#include <array>
#include <filesystem>

// Names in what a program is given, and in its environments, that the program does not declare:
// they would be merged into it, and read by nobody.
namespace lang {

using value::Diagnostic;

namespace {

std::vector<std::string_view> names_of(const Record& record) {
    std::vector<std::string_view> names;
    for (const std::uint32_t slot : record.shape->sorted_slots())
        names.push_back(record.shape->symbols[slot].text());
    return names;
}

Diagnostic unknown_name(const std::string& path, std::string_view name, value::Label label,
                        const std::vector<std::string_view>& known) {
    Diagnostic finding;
    finding.kind = "EvalError::FieldMissing";
    finding.message = "the program has no field `" + path + "`";
    finding.labels = {std::move(label)};
    if (std::string help = base::did_you_mean(name, known); !help.empty())
        finding.notes = {std::move(help)};
    else if (!known.empty() && known.size() <= 20)
        finding.notes = {"there is: " + base::join(known, ", ")};
    return finding;
}

}

// The program itself, evaluated, without what is given; null where it is none of a known shape.
Record* WorkspaceProgram::own_record() {
    Word value;
    if (!evaluation_->machine.at_hand(program_, value) || !is(value, Tag::Record)) return nullptr;
    auto* record = as<Record>(value);
    return record->flags & Record::kUnknownNames ? nullptr : record;
}

// A field whose names are the program's own: a record as it is written, of which no contract says
// what else may stand in it. Null: something else, or it cannot be told without a resource.
Record* WorkspaceProgram::plain_record(Record& within, std::uint32_t slot) {
    Machine& machine = evaluation_->machine;
    const Meta* meta = machine.meta(within, slot);
    if (meta != nullptr && (meta->type.exists() || !meta->contracts.empty())) return nullptr;
    if (!machine.has_value(within, slot)) return nullptr;
    // This is a look at the program without what it is given: its resources are other ones.
    const std::size_t read_before = read_unlinked_.size();
    std::optional<Diagnostic> error;
    const Word value = evaluation_->evaluate(machine.field(within, slot), error);
    read_unlinked_.resize(read_before);
    if (error || !is(value, Tag::Record)) return nullptr;
    auto* record = as<Record>(value);
    const bool is_plain = record->extension == nullptr && record->shape->size > 0 &&
                          (record->flags & Record::kUnknownNames) == 0;
    return is_plain ? record : nullptr;
}

bool WorkspaceProgram::check_given(Record& program, const GivenValues::Node& given,
                                   const std::string& path) {
    bool is_fine = true;
    for (const auto& [name, node] : given.fields) {
        const std::string at = path.empty() ? quote_field(name) : path + "." + quote_field(name);
        const std::uint32_t slot = program.shape->find(Symbol::of(name));
        if (slot == Shape::kAbsent) {
            if (options_.given[node.number].from == Given::From::Definition) continue;
            Diagnostic finding =
                unknown_name(at, name, {node.span, "given here", true}, names_of(program));
            if (options_.given[node.number].from == Given::From::Option)
                finding.notes.emplace_back("`--define` adds a field to the program");
            fail(std::move(finding), "");
            is_fine = false;
            continue;
        }
        // What is declared under `inputs` has a stage of its own.
        if (node.is_value() || at == kDeclaredInputs) continue;
        if (Record* inner = plain_record(program, slot); inner != nullptr)
            is_fine = check_given(*inner, node, at) && is_fine;
    }
    return is_fine;
}

// An environment is a merge over main.ncl; what it needs for itself alone it can bind by `let`. Of
// deeper records nobody can say which names are meant to be added, but for `inputs`.
bool WorkspaceProgram::check_environment() {
    static constexpr std::array<std::string_view, 5> kOfEngine{"resources", "connections",
                                                               "outputs", kDeclaredInputs, kMoved};
    if (options_.base_path.empty() || options_.base_path == options_.main_path) return true;
    const auto read = sources();
    // It is imported by the way from the environment to it.
    const bool is_over_it = std::ranges::any_of(read, [&](const auto& source) {
        return std::filesystem::path(source.first).lexically_normal() == options_.base_path;
    });
    Record* environment = own_record();
    if (!is_over_it || environment == nullptr) return true;
    std::vector<Diagnostic> findings;
    std::optional<Diagnostic> error;
    const Word loaded =
        evaluation_->load_file(options_.base_path, ast::ImportFormat::Nickel, findings);
    if (!findings.empty()) return true;   // told where it is imported
    const Word value = evaluation_->evaluate(loaded, error);
    if (error || !is(value, Tag::Record)) return true;
    auto& base = *as<Record>(value);
    bool is_fine = true;
    const auto compare = [&](Record& ours, Record& known, const std::string& path,
                             std::span<const std::string_view> also) {
        for (const std::uint32_t slot : ours.shape->sorted_slots()) {
            const std::string_view name = ours.shape->symbols[slot].text();
            if (known.shape->find(ours.shape->symbols[slot]) != Shape::kAbsent) continue;
            if (std::ranges::find(also, name) != also.end()) continue;
            const Span where = ours.fields ? ours.fields[slot].span : ours.span;
            Diagnostic finding =
                unknown_name(path + quote_field(name), name, {where, "by this environment", true},
                             names_of(known));
            finding.notes.emplace_back(
                "an environment sets what main.ncl declares; what it needs for itself alone is "
                "bound by `let`");
            fail(std::move(finding), "");
            is_fine = false;
        }
    };
    compare(*environment, base, "", kOfEngine);
    const std::uint32_t mine = environment->shape->find(Symbol::of(kDeclaredInputs));
    const std::uint32_t its = base.shape->find(Symbol::of(kDeclaredInputs));
    if (!is_fine || mine == Shape::kAbsent || its == Shape::kAbsent) return is_fine;
    Record* inputs = plain_record(*environment, mine);
    Record* declared = plain_record(base, its);
    if (inputs != nullptr && declared != nullptr)
        compare(*inputs, *declared, std::string(kDeclaredInputs) + ".", {});
    return is_fine;
}

}
