#include "lang/text/regex.hpp"

#include "lang/text/regex_syntax.hpp"
#include "lang/text/text.hpp"
#include "lang/text/unicode.hpp"

#include <algorithm>
#include <utility>

#include <re2/re2.h>

namespace lang::text {

static constexpr std::int64_t kMaxMemory = std::int64_t{64} << 20;

struct Regex::Impl {
    Impl(const std::string& pattern, const RE2::Options& options) : expression(pattern, options) {}
    RE2 expression;
};

Regex::Regex(std::unique_ptr<const Impl> impl) : impl_(std::move(impl)) {}
Regex::~Regex() = default;

base::Result<std::shared_ptr<const Regex>> Regex::compile(std::string_view pattern) {
    std::string translated = TRY(to_re2(pattern));
    RE2::Options options;
    options.set_log_errors(false);
    options.set_max_mem(kMaxMemory);
    auto impl = std::make_unique<const Impl>(translated, options);
    if (!impl->expression.ok()) {
        return base::invalid_argument("invalid regular expression: " + impl->expression.error());
    }
    return std::shared_ptr<const Regex>(new Regex(std::move(impl)));   // NOLINT: private
}

// Gives every match between clusters to `accept`, until that says no.
void Regex::visit(std::string_view text, const std::function<bool(Match)>& accept) const {
    const RE2& expression = impl_->expression;
    auto count = static_cast<std::size_t>(expression.NumberOfCapturingGroups()) + 1;
    std::vector<re2::StringPiece> parts(count);
    ClusterCounter counter(text);
    re2::StringPiece piece(text.data(), text.size());
    std::size_t last_end = ~std::size_t{0};
    for (std::size_t from = 0; from <= text.size();) {
        bool found = expression.Match(piece, from, text.size(), RE2::UNANCHORED, parts.data(),
                                      static_cast<int>(count));
        if (!found) return;
        auto begin = static_cast<std::size_t>(parts[0].data() - text.data());
        std::size_t end = begin + parts[0].size();
        bool repeats = begin == end && end == last_end;   // empty, right behind the last match
        if (begin == end) {
            from = end < text.size() ? end + decode(text, end).size : end + 1;
        } else {
            from = end;
        }
        if (repeats) continue;
        last_end = end;
        Match match;
        match.index = counter.count_to(begin);
        bool fits = match.index != ClusterCounter::npos && counter.is_boundary(end);
        for (std::size_t i = 1; i < count && fits; ++i) {
            std::string_view group(parts[i].data() == nullptr ? "" : parts[i].data(),
                                   parts[i].size());
            match.groups.push_back(group);
            if (parts[i].data() == nullptr) continue;
            auto at = static_cast<std::size_t>(group.data() - text.data());
            fits = counter.is_boundary(at) && counter.is_boundary(at + group.size());
        }
        match.matched = text.substr(begin, end - begin);
        if (fits && !accept(std::move(match))) return;
    }
}

bool Regex::is_match(std::string_view text) const {
    bool found = false;
    visit(text, [&](const Match&) {
        found = true;
        return false;
    });
    return found;
}

std::vector<Regex::Match> Regex::find(std::string_view text) const {
    std::vector<Match> matches;
    visit(text, [&](Match match) {
        matches.push_back(std::move(match));
        return false;
    });
    return matches;
}

std::vector<Regex::Match> Regex::find_all(std::string_view text) const {
    std::vector<Match> matches;
    visit(text, [&](Match match) {
        matches.push_back(std::move(match));
        return true;
    });
    return matches;
}

std::string Regex::replace(std::string_view text, std::string_view replacement) const {
    std::string out;
    std::size_t begin = 0;
    visit(text, [&](const Match& match) {
        auto at = static_cast<std::size_t>(match.matched.data() - text.data());
        out += text.substr(begin, at - begin);
        out += replacement;
        begin = at + match.matched.size();
        return true;
    });
    return out += text.substr(begin);
}

base::Result<std::shared_ptr<const Regex>> RegexCache::get(std::string_view pattern) {
    auto found = index_.find(pattern);
    if (found != index_.end()) {
        entries_.splice(entries_.begin(), entries_, found->second);
        return entries_.front().regex;
    }
    auto regex = TRY(Regex::compile(pattern));
    if (entries_.size() == kSize) {
        index_.erase(entries_.back().pattern);
        entries_.pop_back();
    }
    entries_.push_front({std::string(pattern), regex});
    index_.emplace(entries_.front().pattern, entries_.begin());
    return regex;
}

}
