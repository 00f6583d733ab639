#pragma once

#include <map>
#include <string>
#include <vector>

// A program over the types that ship, as a model: what edits change, and what a text is written
// from.
namespace programs {

enum class Kind {
    SshKey,
    Network,
    Subnet,
    Route,
    PlacementGroup,
    Firewall,
    PrimaryIp,
    Server,
    NetworkAttachment,
    Volume,
    VolumeAttachment,
    FloatingIp,
    Data,
    File,
    Directory,
};
inline constexpr int kKinds = 15;

// One resource. What a kind does not use is empty.
struct Thing {
    Kind kind = Kind::Data;
    std::string name;       // on the platform; of a local.File and a local.Directory their path
    int number = 0;         // decides ranges, addresses and keys; unique in its kind
    int variant = 0;        // of what can be spelt or set in several ways
    int size = 10;          // of volumes, which never shrink
    std::string location;   // "fsn1"
    std::map<std::string, std::string> given;   // inputs that are plain text of the language
    std::map<std::string, std::vector<std::string>>
        refs;   // keys of other things, by what they are for

    bool operator==(const Thing&) const = default;
};

// By key, which is the name of the resource in the program.
using Program = std::map<std::string, Thing>;

// The text of the program. Different `spelling` tells the same in other words: inputs at their
// defaults are written out, lists stand in another order.
std::string text_of(const Program& program, int spelling);

// The first of the refs for this, or "".
std::string ref_of(const Thing& thing, const std::string& purpose);

}
