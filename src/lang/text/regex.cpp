#include "lang/text/regex.hpp"

#include "lang/text/marked_text.hpp"
#include "lang/text/regex_syntax.hpp"
#include "lang/text/text.hpp"
#include "lang/text/unicode.hpp"

#include <algorithm>
#include <mutex>
#include <optional>
#include <utility>

#include <re2/re2.h>

namespace lang::text {

// RE2 gives up a search that would need more and falls back to a slower one; the time stays linear
// in the text.
static constexpr std::int64_t kMaxMemory = std::int64_t{64} << 20;

struct Regex::Impl {
    Impl(std::string_view pattern, const Translation& translation, const RE2::Options& options)
        : expression(translation.pattern, options), options(options), written(pattern),
          needs_marks(translation.needs_marks) {}

    // For marked texts, made when first needed. Too large for RE2: the plain one.
    const RE2& for_marked() const {
        // Several threads may match with one expression.
        std::call_once(once, [this] {
            auto translation = to_re2(written, true);
            if (translation.ok()) marked = std::make_unique<RE2>(translation->pattern, options);
        });
        // With marks a pattern grows; where it is too large then, boundaries beside letters beyond
        // ASCII are those of ASCII. Wrong in a corner rather than an error in the middle of a
        // program.
        return marked && marked->ok() ? *marked : expression;
    }

    RE2 expression;
    RE2::Options options;
    std::string written;
    bool needs_marks;
    mutable std::once_flag once;
    mutable std::unique_ptr<const RE2> marked;
};

Regex::Regex(std::unique_ptr<const Impl> impl) : impl_(std::move(impl)) {}
Regex::~Regex() = default;

base::Result<std::shared_ptr<const Regex>> Regex::compile(std::string_view pattern) {
    Translation translated = TRY(to_re2(pattern));
    RE2::Options options;
    options.set_log_errors(false);
    options.set_max_mem(kMaxMemory);
    auto impl = std::make_unique<const Impl>(pattern, translated, options);
    if (!impl->expression.ok()) {
        return base::invalid_argument("invalid regular expression: " + impl->expression.error());
    }
    return std::shared_ptr<const Regex>(new Regex(std::move(impl)));   // NOLINT: private
}

static bool is_continuation(char byte) { return (static_cast<unsigned char>(byte) & 0xC0) == 0x80; }

// A text as RE2 sees it. Parts of it are given as parts of the original.
class Subject {
public:
    Subject(std::string_view text, bool with_marks) : original_(text) {
        if (with_marks) marked_ = mark_words(text);
    }
    bool is_marked() const { return marked_.has_value(); }
    std::string_view seen() const { return marked_ ? std::string_view(marked_->text) : original_; }
    // Whether no character's marks lie around an offset.
    // Within the marks of one character: "_é_" has three places that belong to the same offset.
    bool is_between(std::size_t at) const {
        return !marked_ || at == 0 || marked_->original[at] != marked_->original[at - 1];
    }
    std::string_view part(re2::StringPiece piece) const {
        // A group that took no part has no place.
        if (piece.data() == nullptr) return {};
        auto begin = static_cast<std::size_t>(piece.data() - seen().data());
        std::size_t end = begin + piece.size();
        if (marked_) {
            begin = marked_->original[begin];
            end = marked_->original[end];
        }
        return original_.substr(begin, end - begin);
    }

private:
    std::string_view original_;
    std::optional<MarkedText> marked_;
};

// Gives every match between clusters to `accept`, until that says no.
void Regex::visit(std::string_view text, const std::stop_token& stop,
                  const std::function<bool(Match)>& accept) const {
    const Subject subject(text, impl_->needs_marks);
    const RE2& expression = subject.is_marked() ? impl_->for_marked() : impl_->expression;
    auto count = static_cast<std::size_t>(expression.NumberOfCapturingGroups()) + 1;
    std::vector<re2::StringPiece> parts(count);
    ClusterCounter counter(text, stop);
    const std::string_view seen = subject.seen();
    re2::StringPiece piece(seen.data(), seen.size());
    std::size_t last_end = ~std::size_t{0};
    for (std::size_t from = 0; from <= seen.size() && !stop.stop_requested();) {
        // The whole text with a start, and not what is left of it: `^` and `\b` look at what
        // stands before.
        bool found = expression.Match(piece, from, seen.size(), RE2::UNANCHORED, parts.data(),
                                      static_cast<int>(count));
        if (!found) return;
        auto begin = static_cast<std::size_t>(parts[0].data() - seen.data());
        std::size_t end = begin + parts[0].size();
        // As in Rust: after "ab" in "abc" an empty match at the same place does not count again.
        bool repeats = begin == end && end == last_end;   // empty, right behind the last match
        if (begin == end) {
            // RE2 also finds empty matches within a character.
            for (from = end + 1; from < seen.size() && is_continuation(seen[from]);) ++from;
        } else {
            from = end;
        }
        if (repeats || !subject.is_between(begin)) continue;
        last_end = end;
        Match match;
        match.matched = subject.part(parts[0]);
        auto offset = [&](std::string_view part) {
            return static_cast<std::size_t>(part.data() - text.data());
        };
        match.index = counter.count_to(offset(match.matched));
        // A match may end within a cluster ("e" of "e" and an accent). Strings never come apart
        // there, so it does not count.
        bool fits = match.index != ClusterCounter::npos &&
                    counter.is_boundary(offset(match.matched) + match.matched.size());
        for (std::size_t i = 1; i < count && fits; ++i) {
            if (parts[i].data() == nullptr) {
                match.groups.emplace_back("");
                continue;
            }
            std::string_view group = match.groups.emplace_back(subject.part(parts[i]));
            fits = counter.is_boundary(offset(group)) &&
                   counter.is_boundary(offset(group) + group.size());
        }
        if (fits && !accept(std::move(match))) return;
    }
}

bool Regex::is_match(std::string_view text, const std::stop_token& stop) const {
    bool found = false;
    visit(text, stop, [&](const Match&) {
        found = true;
        return false;
    });
    return found;
}

std::vector<Regex::Match> Regex::find(std::string_view text, const std::stop_token& stop) const {
    std::vector<Match> matches;
    visit(text, stop, [&](Match match) {
        matches.push_back(std::move(match));
        return false;
    });
    return matches;
}

std::optional<std::vector<Regex::Match>>
Regex::find_all(std::string_view text, std::uint64_t max_bytes, const std::stop_token& stop) const {
    std::vector<Match> matches;
    std::uint64_t bytes = 0;
    visit(text, stop, [&](Match match) {
        // Twice, as the vector grows by doubling.
        bytes += 2 * (sizeof(Match) + match.groups.size() * sizeof(std::string_view));
        matches.push_back(std::move(match));
        return bytes <= max_bytes;
    });
    if (bytes > max_bytes) return std::nullopt;
    return matches;
}

std::optional<std::string> Regex::replace(std::string_view text, std::string_view replacement,
                                          std::uint64_t max_bytes,
                                          const std::stop_token& stop) const {
    std::string out;
    std::size_t begin = 0;
    bool fits = true;
    visit(text, stop, [&](const Match& match) {
        auto at = static_cast<std::size_t>(match.matched.data() - text.data());
        // Before it is appended: a replacement of a megabyte for each of a million letters stops
        // at the limit.
        fits = out.size() + (at - begin) + replacement.size() <= max_bytes;
        if (!fits) return false;
        out += text.substr(begin, at - begin);
        out += replacement;
        begin = at + match.matched.size();
        return true;
    });
    if (!fits || out.size() + (text.size() - begin) > max_bytes) return std::nullopt;
    return out += text.substr(begin);
}

base::Result<std::shared_ptr<const Regex>> RegexCache::get(std::string_view pattern) {
    auto found = index_.find(pattern);
    if (found != index_.end()) {
        // To the front: the list is in the order of the last use.
        entries_.splice(entries_.begin(), entries_, found->second);
        return entries_.front().regex;
    }
    auto regex = TRY(Regex::compile(pattern));
    if (entries_.size() == kSize) {
        // Before the entry goes: the index looks into its text.
        index_.erase(entries_.back().pattern);
        entries_.pop_back();
    }
    entries_.push_front({std::string(pattern), regex});
    index_.emplace(entries_.front().pattern, entries_.begin());
    return regex;
}

}
