#pragma once

#include "base/result.hpp"
#include "value/value.hpp"

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace providers::extension {

// One thing that the program tells of.
struct Thing {
    std::string key;        // "" : that of the field which is the key
    value::Value inputs;    // null: not told
    value::Value outputs;   // a record
};

// What a program of an extension answers (docs/formats/extension.md): one JSON document.
struct Answer {
    enum class Kind : std::uint8_t {
        Nothing,   // {}: done, with nothing to tell
        Exists,    // {"outputs": …}
        Absent,    // {"absent": true}
        Running,   // {"running": "HANDLE"}
        Foreign,   // {"foreign": "why"}
        Unsure,    // {"unsure": "why"}
        Listed,    // {"items": […], "next": "PAGE"}
        Refused,   // {"error": {"message": …, "help": …, "kind": …}}
    };
    Kind kind = Kind::Nothing;
    Thing thing;                                        // Exists
    std::vector<Thing> items;                           // Listed
    std::string next;                                   // Listed: empty at the end
    std::string handle;                                 // Running
    std::string reason;                                 // Foreign, Unsure, Refused
    std::string help;                                   // Refused
    base::Code code = base::Code::FailedPrecondition;   // Refused
};

inline constexpr std::size_t kMaxAnswer = std::size_t{16} << 20;   // bytes

// DataLoss says what is wrong with the document. Unknown members are let pass.
base::Result<Answer> parse_answer(std::string_view text);

}
