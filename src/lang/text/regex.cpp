#include "lang/text/regex.hpp"

#include "lang/text/regex_machine.hpp"
#include "lang/text/regex_tree.hpp"
#include "lang/text/text.hpp"

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
    RegexTree tree;
    std::unique_ptr<const RE2> expression;   // unless the tree is beyond RE2

    // For texts and expressions of which RE2 does not know enough; made when first needed.
    const RegexMachine* machine() const {
        // Several threads may match with one expression.
        std::call_once(once, [this] {
            auto made = RegexMachine::create(tree);
            if (made.ok()) made_machine.emplace(*std::move(made));
        });
        return made_machine ? &*made_machine : nullptr;
    }

    mutable std::once_flag once;
    mutable std::optional<RegexMachine> made_machine;
};

Regex::Regex(std::unique_ptr<const Impl> impl) : impl_(std::move(impl)) {}
Regex::~Regex() = default;

base::Result<std::shared_ptr<const Regex>> Regex::compile(std::string_view pattern) {
    auto impl = std::make_unique<Impl>();
    impl->tree = TRY(read_regex(pattern));
    if (impl->tree.is_beyond_re2) {
        if (impl->machine() == nullptr) return RegexMachine::create(impl->tree).error();
    } else {
        RE2::Options options;
        options.set_log_errors(false);
        options.set_max_mem(kMaxMemory);
        impl->expression = std::make_unique<const RE2>(TRY(to_re2(impl->tree)), options);
        if (!impl->expression->ok()) {
            return base::invalid_argument("invalid regular expression: " +
                                          impl->expression->error());
        }
    }
    if (!impl->tree.is_beyond_re2 && !impl->tree.has_unicode_boundary) impl->tree = {};
    return std::shared_ptr<const Regex>(new Regex(std::move(impl)));   // NOLINT: private
}

static bool is_continuation(char byte) { return (static_cast<unsigned char>(byte) & 0xC0) == 0x80; }

// Looks for one expression in one text, by RE2 where that knows enough.
class Search {
public:
    using Parts = std::vector<std::string_view>;   // the match, then its groups

    Search(const RE2* expression, const RegexMachine* machine, std::string_view text)
        : expression_(expression), text_(text) {
        if (machine) {
            run_.emplace(*machine, text);
        } else {
            pieces_.resize(static_cast<std::size_t>(expression->NumberOfCapturingGroups()) + 1);
        }
    }

    // A group that took no part has no place.
    bool find(std::size_t from, const std::stop_token& stop, Parts& parts) {
        parts.clear();
        if (run_) {
            const auto found = run_->match(from, stop);
            if (!found) return false;
            for (std::size_t i = 0; i + 1 < found->size(); i += 2) {
                const std::size_t begin = (*found)[i];
                const std::size_t end = (*found)[i + 1];
                const bool took_part = begin != RegexRun::npos && end != RegexRun::npos;
                parts.push_back(took_part ? text_.substr(begin, end - begin) : std::string_view());
            }
            return true;
        }
        // The whole text with a start, and not what is left of it: `^` and `\b` look at what
        // stands before.
        if (!expression_->Match(re2::StringPiece(text_.data(), text_.size()), from, text_.size(),
                                RE2::UNANCHORED, pieces_.data(), static_cast<int>(pieces_.size())))
            return false;
        for (const re2::StringPiece& piece : pieces_)
            parts.emplace_back(piece.data(), piece.size());
        return true;
    }

private:
    const RE2* expression_;
    std::string_view text_;
    std::optional<RegexRun> run_;
    std::vector<re2::StringPiece> pieces_;
};

static bool is_ascii(std::string_view text) {
    return std::ranges::none_of(text,
                                [](char c) { return (static_cast<unsigned char>(c) & 0x80) != 0; });
}

// Gives every match between clusters to `accept`, until that says no.
void Regex::visit(std::string_view text, const std::stop_token& stop,
                  const std::function<bool(Match)>& accept) const {
    // A null pointer is no place that a match could have.
    if (text.data() == nullptr) text = "";
    const RegexTree& tree = impl_->tree;
    const bool needs_machine = tree.is_beyond_re2 || (tree.has_unicode_boundary && !is_ascii(text));
    // Too large for it: boundaries beside letters beyond ASCII are those of ASCII then. Wrong in a
    // corner rather than an error in the middle of a program.
    Search search(impl_->expression.get(), needs_machine ? impl_->machine() : nullptr, text);
    Search::Parts parts;
    ClusterCounter counter(text, stop);
    std::size_t last_end = ~std::size_t{0};
    const auto offset = [&](std::string_view part) {
        return static_cast<std::size_t>(part.data() - text.data());
    };
    for (std::size_t from = 0; from <= text.size() && !stop.stop_requested();) {
        if (!search.find(from, stop, parts)) return;
        const std::size_t begin = offset(parts[0]);
        const std::size_t end = begin + parts[0].size();
        // As in Rust: after "ab" in "abc" an empty match at the same place does not count again.
        const bool repeats =
            begin == end && end == last_end;   // empty, right behind the last match
        if (begin == end) {
            // RE2 also finds empty matches within a character.
            for (from = end + 1; from < text.size() && is_continuation(text[from]);) ++from;
        } else {
            from = end;
        }
        if (repeats) continue;
        last_end = end;
        Match match;
        match.matched = parts[0];
        match.index = counter.count_to(begin);
        // A match may end within a cluster ("e" of "e" and an accent). Strings never come apart
        // there, so it does not count.
        bool fits = match.index != ClusterCounter::npos && counter.is_boundary(end);
        for (std::size_t i = 1; i < parts.size() && fits; ++i) {
            match.groups.push_back(parts[i]);
            if (parts[i].data() == nullptr) continue;
            fits = counter.is_boundary(offset(parts[i])) &&
                   counter.is_boundary(offset(parts[i]) + parts[i].size());
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
