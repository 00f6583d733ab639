#include "lang/syntax/source.hpp"

#include <algorithm>
#include <limits>

namespace lang {

SourceMap::SourceMap() = default;

const Source* SourceMap::add(std::string name, std::string text) {
    // One position is left free after each text, so that its end belongs to it alone.
    // In 64 bits: near the end of the positions the sum would begin again at zero.
    std::uint64_t end = std::uint64_t{next_} + text.size() + 1;
    if (end > std::numeric_limits<Pos>::max()) return nullptr;
    auto source = std::make_unique<Source>(Source{std::move(name), std::move(text), next_, {}});
    next_ = static_cast<Pos>(end);
    sources_.push_back(std::move(source));
    return sources_.back().get();
}

const Source* SourceMap::find(Pos pos) const {
    // 0 is the span of what has no source.
    if (pos == 0 || pos >= next_) return nullptr;
    auto after =
        std::upper_bound(sources_.begin(), sources_.end(), pos,
                         [](Pos wanted, const auto& source) { return wanted < source->base; });
    return after == sources_.begin() ? nullptr : std::prev(after)->get();
}

Place SourceMap::place(Pos pos) const {
    const Source* source = find(pos);
    if (!source) return {};
    std::string_view text = source->text;
    auto& starts = source->line_starts;
    // Made when a place is first asked for: most sources never have anything to report.
    if (starts.empty()) {
        starts.push_back(0);
        for (std::size_t at = text.find('\n'); at != text.npos; at = text.find('\n', at + 1)) {
            starts.push_back(static_cast<std::uint32_t>(at + 1));
        }
    }
    std::uint32_t offset = pos - source->base;
    auto start = std::prev(std::upper_bound(starts.begin(), starts.end(), offset));
    auto lines = start - starts.begin();
    std::string_view line = text.substr(*start, offset - *start);
    // Columns count characters, so every byte that does not go on a character begins one.
    auto is_start = [](char byte) { return (static_cast<unsigned char>(byte) & 0xC0) != 0x80; };
    auto column = std::count_if(line.begin(), line.end(), is_start);
    return {source, static_cast<std::uint32_t>(lines + 1), static_cast<std::uint32_t>(column + 1)};
}

std::string_view SourceMap::text(Span span) const {
    const Source* source = find(span.begin);
    if (!source || span.end < span.begin) return {};
    std::size_t offset = span.begin - source->base;
    return std::string_view(source->text).substr(offset, span.end - span.begin);
}

}
