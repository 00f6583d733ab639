#pragma once

#include "base/redact_views.hpp"

#include <cstddef>
#include <functional>
#include <initializer_list>
#include <string_view>

// Parts of the views: notations, each with the places that its bytes came from.
namespace base::redact {

bool is_at(const Bytes& in, std::size_t at, std::string_view text);
bool contains(const Bytes& in, char c);
// Appends what is written from `from` to `to` as these bytes, or as this character.
void put(Bytes& out, const Bytes& in, std::size_t from, std::size_t to,
         std::initializer_list<unsigned> bytes);
void put_utf8(Bytes& out, const Bytes& in, std::size_t from, std::size_t to, unsigned code);

// &amp;, &#38; and &#x26; as characters.
Bytes html_decoded(const Bytes& in);
// RFC 4648 §6, in either case, wrapped or not, at each place where a group may begin.
void each_base32(const Bytes& in, const std::function<void(const Bytes&)>& use);
// Of both byte orders, at even and odd places.
void each_utf16(const Bytes& in, const std::function<void(const Bytes&)>& use);

}
