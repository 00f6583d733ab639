#pragma once

#include "lang/eval/touched.hpp"
#include "lang/eval/word.hpp"
#include "lang/program.hpp"

#include <cstdint>
#include <string_view>

namespace lang {

struct Record;
struct Task;
struct Thunk;

// What the header of a record with an applied resource contract carries. `id` is given when the
// record is found in the resource tree; several records (of an evaluation and its repetition with
// more values known) may be the same instance.
struct Instance {
    static constexpr std::uint32_t kUnlinked = value::kNoInstance;
    std::uint32_t id = kUnlinked;
    std::uint32_t type = 0;   // index of the resource type
    Record* record = nullptr;
    TouchedSets::Id presence = 0;   // what reading one of its fields touches; 0: nobody has
};

// Where outputs of instances come from; none in a plain Nickel evaluation.
class CellReader {
public:
    virtual ~CellReader() = default;
    struct Reading {
        Word value;
        TouchedSets::Id touched = 0;
    };
    // The value of an output and the set that reading it touches; nothing while it is not set:
    // then the task parks, and is resumed by whoever sets it.
    virtual Reading read(Instance& instance, std::uint32_t output, Task& reader) = 0;
    // The set that reading any field of it touches: whoever does is ordered after it.
    virtual TouchedSets::Id presence(Instance& instance) = 0;
    virtual std::uint32_t type_index(std::string_view type) const = 0;
    virtual void thunk_finished(Thunk& thunk) = 0;   // somebody waited for it
};

}
