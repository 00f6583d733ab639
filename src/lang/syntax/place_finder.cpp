#include "lang/syntax/place_finder.hpp"

#include <algorithm>

namespace lang {

Place PlaceFinder::find(const SourceMap& sources, Pos pos) {
    const Source* source = sources.find(pos);
    if (!source) return {};
    std::string_view text = source->text;
    if (source != source_) {
        source_ = source;
        line_starts_.assign(1, 0);
        for (std::size_t at = text.find('\n'); at != text.npos; at = text.find('\n', at + 1)) {
            line_starts_.push_back(at + 1);
        }
    }
    std::size_t offset = pos - source->base;
    auto after = std::upper_bound(line_starts_.begin(), line_starts_.end(), offset);
    std::string_view line = text.substr(*std::prev(after), offset - *std::prev(after));
    auto is_start = [](char byte) { return (static_cast<unsigned char>(byte) & 0xC0) != 0x80; };
    auto column = std::count_if(line.begin(), line.end(), is_start);
    return {source, static_cast<std::uint32_t>(after - line_starts_.begin()),
            static_cast<std::uint32_t>(column + 1)};
}

}
