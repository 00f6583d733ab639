#include "sandbox/store/text_index.hpp"

namespace sandbox {

void TextIndex::take(std::int64_t id, const json::Value* record) {
    std::string text(record != nullptr ? record->string_or(member_, "") : "");
    if (const auto before = texts_.find(id); before != texts_.end()) {
        if (before->second == text) return;
        const auto ids = ids_.find(before->second);
        ids->second.erase(id);
        if (ids->second.empty()) ids_.erase(ids);
        texts_.erase(before);
    }
    if (text.empty()) return;
    ids_[text].insert(id);
    texts_.emplace(id, std::move(text));
}

std::optional<std::int64_t> TextIndex::find(std::string_view text) const {
    const auto ids = ids_.find(text);
    if (ids == ids_.end()) return std::nullopt;
    return *ids->second.begin();
}

}
