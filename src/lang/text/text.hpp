#pragma once

#include "base/base64.hpp"
#include "base/result.hpp"

#include <cstddef>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

// The strings of the language: UTF-8, counted and cut in extended grapheme clusters (UAX #29). No
// function splits a cluster: "e" is not part of "é" written with a combining accent. Texts given
// must be valid UTF-8; views returned look into them.
//
// What takes a stop token leaves soon after it is asked to; what it then gives means nothing.
namespace lang::text {

using Stop = std::stop_token;

// Where the cluster that starts at this offset ends.
std::size_t next_boundary(std::string_view text, std::size_t offset);
std::size_t length(std::string_view text, const Stop& stop = {});
std::vector<std::string_view> characters(std::string_view text, const Stop& stop = {});

bool contains(std::string_view text, std::string_view part, const Stop& stop = {});
// An empty separator gives the characters. An empty last part is left out, as in the official
// implementation: "a,,b," has three parts.
std::vector<std::string_view> split(std::string_view text, std::string_view separator,
                                    const Stop& stop = {});
// Every occurrence, from the left. An empty part stands before each character and at the end.
std::string replace(std::string_view text, std::string_view part, std::string_view replacement,
                    const Stop& stop = {});
// From start up to end, not included; start must lie within the text, even for an empty part.
base::Result<std::string_view> substring(std::string_view text, std::size_t start, std::size_t end,
                                         const Stop& stop = {});

std::string uppercase(std::string_view text, const Stop& stop = {});
std::string lowercase(std::string_view text, const Stop& stop = {});
std::string_view trim(std::string_view text);   // Unicode's white space

// Turns the byte offsets of one text into counts of clusters, each not smaller than the last.
class ClusterCounter {
public:
    explicit ClusterCounter(std::string_view text, const Stop& stop = {});
    // The clusters before this offset, or npos if it lies inside one.
    std::size_t count_to(std::size_t offset);
    bool is_boundary(std::size_t offset) { return count_to(offset) != npos; }

    static constexpr std::size_t npos = ~std::size_t{0};

private:
    bool is_simple_;                    // one byte for each cluster
    std::vector<std::size_t> starts_;   // of the clusters, and the end
    std::size_t at_ = 0;
};

using base::Base64;

// In pieces, so that it can be stopped.
std::string encode_base64(std::string_view bytes, Base64 variant, const Stop& stop);
// Only canonical text, whose bytes must be UTF-8.
base::Result<std::string> decode_base64(std::string_view text, Base64 variant,
                                        const Stop& stop = {});

}
