#include "lang/evaluation.hpp"

#include "lang/syntax/quoting.hpp"

#include <algorithm>

// Every field that fails, and not only the first: each is evaluated by itself.
namespace lang {

using value::Diagnostic;

// More than a person reads at once.
static constexpr std::size_t kMaxErrors = 50;

namespace {

class Walk {
public:
    Walk(Evaluation& evaluation, Machine::Depth depth) : evaluation_(evaluation), depth_(depth) {}

    std::vector<Diagnostic> run(Word root) {
        open_.push_back({root, ""});
        while (!open_.empty() && diagnostics_.size() < kMaxErrors && !evaluation_.is_stopped()) {
            const Part part = std::move(open_.back());
            open_.pop_back();
            std::optional<Diagnostic> error;
            const Word value = evaluation_.evaluate(part.word, error);
            if (error) {
                add(std::move(*error), part.path);
            } else if (is(value, Tag::Record)) {
                open_record(*as<Record>(value), part.path);
            } else if (is(value, Tag::Array)) {
                auto& array = *as<Array>(value);
                for (std::uint32_t i = array.size; i-- > 0;) {
                    open_.push_back({evaluation_.machine.element(array, i),
                                     part.path + "[" + std::to_string(i) + "]"});
                }
            } else if (is(value, Tag::Variant)) {
                open_.push_back({as<Variant>(value)->argument, part.path});
            }
        }
        return std::move(diagnostics_);
    }

private:
    struct Part {
        Word word;
        std::string path;
    };

    void open_record(Record& record, const std::string& path) {
        const auto slots = record.shape->sorted_slots();
        const std::size_t before = open_.size();
        for (const std::uint32_t slot : slots) {
            const Meta* meta = evaluation_.machine.meta(record, slot);
            if (depth_ == Machine::Depth::Exported && meta && meta->not_exported) continue;
            const std::string name = quote_field(record.shape->symbols[slot].text());
            std::string inner = path.empty() ? name : path + "." + name;
            const Word word = evaluation_.machine.field(record, slot);
            if (word.exists()) {
                open_.push_back({word, std::move(inner)});
            } else if (!evaluation_.machine.is_empty_optional(record, slot)) {
                Diagnostic missing;
                missing.kind = "EvalError::MissingFieldDef";
                missing.message = "the field `" + inner + "` has no value";
                if (meta) missing.labels.push_back({meta->span, "declared here", true});
                missing.expectation.emplace_back("field", record.shape->symbols[slot].text());
                add(std::move(missing), inner);
            }
        }
        // The first is looked at first.
        std::reverse(open_.begin() + static_cast<std::ptrdiff_t>(before), open_.end());
    }

    // What several fields read is told once.
    void add(Diagnostic error, const std::string& path) {
        const bool is_known = std::ranges::any_of(diagnostics_, [&](const Diagnostic& one) {
            return one.message == error.message && one.labels == error.labels;
        });
        if (is_known) return;
        const std::string field = "`" + path + "`";
        if (!path.empty() && error.message.find(field) == std::string::npos)
            error.notes.push_back("in the field " + field);
        diagnostics_.push_back(std::move(error));
    }

    Evaluation& evaluation_;
    Machine::Depth depth_;
    std::vector<Diagnostic> diagnostics_;
    std::vector<Part> open_;
};

}

std::vector<Diagnostic> Evaluation::find_errors(Word word, Machine::Depth depth) {
    return Walk(*this, depth).run(word);
}

}
