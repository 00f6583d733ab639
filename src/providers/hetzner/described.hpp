#pragma once

#include "provider/provider.hpp"
#include "providers/rest/wire.hpp"

#include <cstddef>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <vector>

// Resources that refer to each other, as a program describes them: which belong together is told by
// ids where they are known, and by who reads whose outputs where things are still to be made.
namespace providers::hetzner {

class DescribedAll {
public:
    explicit DescribedAll(std::span<const provider::Described> all);

    std::size_t size() const { return all_.size(); }
    const provider::Described& operator[](std::size_t index) const { return all_[index]; }
    bool is(std::size_t index, std::string_view type) const {
        return all_[index].type->name == type;
    }

    // Which things of a type are named at a path of its inputs ("networks.network"), as far as that
    // is certain. Nothing of an input that the program ignores.
    std::vector<std::size_t> named(std::size_t index, std::string_view path,
                                   std::string_view type) const;
    // Where it is, or "".
    std::string location(std::size_t index) const;

    // An error about both, with both places.
    static provider::Misfit misfit(std::size_t of, std::string input, std::size_t other,
                                   std::string other_input, std::string message,
                                   std::string help = {});

private:
    std::span<const provider::Described> all_;
    std::map<std::pair<std::string_view, std::string>, std::size_t> by_id_;
};

// Subnets lie within their networks, and beside each other.
std::vector<provider::Misfit> check_ranges(const DescribedAll& all);
// What a server has is where the server is.
std::vector<provider::Misfit> check_places(const DescribedAll& all);
// An address in a network that one is to have and another one keeps.
std::vector<provider::Misfit> check_seats(const DescribedAll& all);
// A firewall that a selector gives to a server whose list leaves it out.
std::vector<provider::Misfit> check_selectors(const DescribedAll& all);

// Whether labels fit a selector: "env=prod,tier in (web,api),!old".
bool fits_selector(const value::Value& labels, std::string_view selector);

}
