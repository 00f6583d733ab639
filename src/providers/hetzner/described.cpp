#include "providers/hetzner/described.hpp"

#include "providers/hetzner/types.hpp"
#include "providers/rest/references.hpp"

#include <algorithm>

namespace providers::hetzner {
namespace {

using rest::field_of;
using rest::text_of;
using value::Value;

std::string known_id(const provider::Described& one) {
    return one.outputs != nullptr ? rest::id_text(one.outputs->find("id")) : std::string();
}

}

DescribedAll::DescribedAll(std::span<const provider::Described> all) : all_(all) {
    for (std::size_t i = 0; i < all.size(); ++i) {
        std::string id = known_id(all[i]);
        if (!id.empty()) by_id_.emplace(std::pair(std::string_view(all[i].type->name), id), i);
    }
}

std::vector<std::size_t> DescribedAll::named(std::size_t index, std::string_view path,
                                             std::string_view type) const {
    const provider::Described& one = all_[index];
    const std::string input(path.substr(0, path.find('.')));
    if (std::ranges::find(one.ignored, input) != one.ignored.end()) return {};
    std::vector<std::size_t> out;
    std::size_t unknown = 0;
    rest::visit_at(*one.inputs, path, [&](const Value& id) {
        if (id.has_unknown()) ++unknown;
        const auto found = by_id_.find(std::pair(type, rest::id_text(&id)));
        if (found != by_id_.end()) out.push_back(found->second);
    });
    if (unknown == 0) return out;
    // An id that is not known yet is that of something that is read. Where more is read than named,
    // it may be read for something else, and nobody can tell which it is.
    std::vector<std::size_t> read;
    for (const std::size_t owner : one.reads) {
        if (is(owner, type) && known_id(all_[owner]).empty()) read.push_back(owner);
    }
    if (read.size() <= unknown) out.insert(out.end(), read.begin(), read.end());
    return out;
}

std::string DescribedAll::location(std::size_t index) const {
    const provider::Described& one = all_[index];
    const Value& given = field_of(*one.inputs, "location");
    if (!given.is_null()) return text_of(*one.inputs, "location");
    return one.outputs != nullptr ? text_of(*one.outputs, "located_in") : std::string();
}

provider::Misfit DescribedAll::misfit(std::size_t of, std::string input, std::size_t other,
                                      std::string other_input, std::string message,
                                      std::string help) {
    return {.of = of,
            .input = std::move(input),
            .other = other,
            .other_input = std::move(other_input),
            .message = std::move(message),
            .help = std::move(help)};
}

}
