#include "lang/types/shapes.hpp"
#include "lsp/features.hpp"

#include <algorithm>
#include <map>
#include <stop_token>

namespace lsp {

using ast::Kind;
using lang::types::Shape;

namespace {

constexpr std::size_t kMostHints = 1'000;   // of one range: what an editor shows at once is less

// The project's files as the passes over types see them.
class TypedFiles final : public lang::types::Files {
public:
    explicit TypedFiles(Project& project) : project_(project) {}

    const lang::types::File* of(const Analysis* file) {
        if (file == nullptr) return nullptr;
        const auto [known, is_new] = files_.try_emplace(file);
        if (is_new) {
            known->second.root = file->root();
            known->second.names = &file->names();
            known->second.is_library = file->is_library();
            analyses_.emplace(&known->second, file);
        }
        return &known->second;
    }
    const lang::types::File* imported(const lang::types::File& importer,
                                      std::uint32_t import) override {
        if (import >= importer.names->imports.size()) return nullptr;
        return of(project_.imported(*analyses_.at(&importer), *importer.names->imports[import]));
    }
    const lang::types::File* library(std::string_view module) override {
        return of(project_.library(module));
    }

private:
    Project& project_;
    std::map<const Analysis*, lang::types::File> files_;
    std::map<const lang::types::File*, const Analysis*> analyses_;
};

std::string_view text_of(Shape shape) {
    switch (shape) {
        case Shape::Bool: return ": Bool";
        case Shape::Number: return ": Number";
        case Shape::String: return ": String";
        case Shape::Array: return ": Array Dyn";
        case Shape::Unknown:
        case Shape::Null:
        case Shape::Tag:
        case Shape::Record:
        case Shape::Function: break;
    }
    return {};
}

// What a literal is needs no hint.
bool is_plain(const ast::Node* value) {
    switch (value->kind) {
        case Kind::Number:
        case Kind::String:
        case Kind::Interpolation:
        case Kind::Bool:
        case Kind::Array: return true;
        default: return false;
    }
}

bool has_annotations(const Definition& one) {
    const auto says = [](const ast::Annotations* about) {
        return about != nullptr && about->has_contracts();
    };
    return says(one.annotations) || (one.field != nullptr && says(one.field->annotations)) ||
           !one.more.empty();
}

}

json::Value inlay_hints(Workbench& bench, const Analysis& file, Position first, Position last) {
    const Text lines = bench.lines_of(file);
    TypedFiles files(bench.project);
    const lang::types::File* typed = files.of(&file);
    const std::stop_token never;
    const lang::types::FileIndex index(*typed, never);
    lang::types::Follower follower(index, files, never);
    const Pos begin = file.pos(lines.offset(first));
    const Pos end = file.pos(lines.offset(last));
    std::vector<const Definition*> shown;
    for (const auto& [at, one] : file.definitions()) {
        const bool is_here = at >= begin && at < end;
        const ast::Node* value = one.value;
        if (is_here && value != nullptr && !is_plain(value) && !has_annotations(one) &&
            (one.field == nullptr || one.field->path.size() == 1))
            shown.push_back(&one);
    }
    std::ranges::sort(shown, {}, [](const Definition* one) { return one->span.begin; });
    if (shown.size() > kMostHints) shown.resize(kMostHints);
    json::Array hints;
    for (const Definition* one : shown) {
        follower.renew();
        const std::string_view text = text_of(follower.shape_of({typed, one->value}));
        if (text.empty()) continue;
        hints.push_back(
            json::Object{{"position", to_json(lines.position(file.offset(one->span.end)))},
                         {"label", text},
                         {"kind", 1}});
    }
    return hints;
}

}
