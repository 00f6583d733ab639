#pragma once

#include "base/guarded.hpp"

#include <string>
#include <string_view>
#include <unordered_set>

namespace providers::rest {

// Which objects a connection has seen, so that nobody has to ask whether they exist. Any thread.
class KnownObjects {
public:
    void add(std::string_view collection, std::string_view key) {
        seen_.with([&](auto& seen) { seen.insert(text_of(collection, key)); });
    }
    bool has(std::string_view collection, std::string_view key) {
        return seen_.with([&](auto& seen) { return seen.contains(text_of(collection, key)); });
    }

private:
    static std::string text_of(std::string_view collection, std::string_view key) {
        std::string out(collection);
        out += '/';
        return out += key;
    }

    base::Guarded<std::unordered_set<std::string>> seen_;
};

}
