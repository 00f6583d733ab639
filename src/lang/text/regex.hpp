#pragma once

#include "base/result.hpp"

#include <cstddef>
#include <cstdint>
#include <functional>
#include <list>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace lang::text {

// A regular expression of the Rust dialect, matched in linear time by RE2 after a translation (see
// regex_syntax.hpp). A match counts only if it and its groups begin and end between clusters.
// Immutable: may be used from several threads. A stop token is looked at between matches: what was
// found so far is given then.
class Regex {
public:
    struct Match {
        std::string_view matched;
        std::size_t index = 0;                  // in clusters
        std::vector<std::string_view> groups;   // empty where a group took no part
    };

    static base::Result<std::shared_ptr<const Regex>> compile(std::string_view pattern);
    ~Regex();

    bool is_match(std::string_view text, const std::stop_token& stop = {}) const;
    // Nothing, or the first match.
    std::vector<Match> find(std::string_view text, const std::stop_token& stop = {}) const;
    // Nothing if the matches would take more memory than this.
    std::optional<std::vector<Match>> find_all(std::string_view text, std::uint64_t max_bytes,
                                               const std::stop_token& stop = {}) const;
    // Every match gives way to the replacement as it stands: `$1` has no meaning in it.
    // Nothing if the result would be longer than this.
    std::optional<std::string> replace(std::string_view text, std::string_view replacement,
                                       std::uint64_t max_bytes,
                                       const std::stop_token& stop = {}) const;

private:
    struct Impl;
    explicit Regex(std::unique_ptr<const Impl> impl);
    void visit(std::string_view text, const std::stop_token& stop,
               const std::function<bool(Match)>& accept) const;

    std::unique_ptr<const Impl> impl_;
};

// The expressions compiled last, by pattern. Not thread-safe: one for each evaluation.
class RegexCache {
public:
    static constexpr std::size_t kSize = 256;

    base::Result<std::shared_ptr<const Regex>> get(std::string_view pattern);

private:
    struct Entry {
        std::string pattern;
        std::shared_ptr<const Regex> regex;
    };
    std::list<Entry> entries_;   // the last used first
    std::unordered_map<std::string_view, std::list<Entry>::iterator> index_;
};

}
