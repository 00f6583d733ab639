#pragma once

#include "support/program.hpp"

#include <random>
#include <string>

namespace programs {

// Makes the program one that works from nothing: references to what is not there go, and what
// cannot be without them; what the platform refuses (a volume elsewhere than its server, two owners
// of one relation) is given up.
void repair(Program& program);

// Writes random programs and edits of them. The same seed gives the same.
class Author {
public:
    explicit Author(unsigned seed) : random_(seed) {}

    Program program(int things);
    // One to four edits; `told` says which, for messages.
    Program edited(const Program& from, std::string& told);
    int below(int most) {
        return static_cast<int>(random_() % static_cast<unsigned>(most < 1 ? 1 : most));
    }

private:
    void add(Program& program, std::string& told);
    void edit(Program& program, std::string& told);
    bool rename_key(Program& program, const std::string& key, std::string& told);
    bool exchange(Program& program, const std::string& key, std::string& told);
    void roll_refs(const Program& program, Thing& thing);
    void roll_given(Thing& thing);
    std::string free_name(const Program& program, Kind kind);
    int free_number(const Program& program, Kind kind);
    std::string free_key(const Program& program, Kind kind);
    std::string any_key(const Program& program);
    std::string any_of(const Program& program, Kind kind);

    std::mt19937 random_;
};

}
