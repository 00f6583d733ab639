#pragma once

#include <cstdint>
#include <string_view>

namespace engine {

// Where a node of the order has come to while it is run.
enum class NodeState : std::uint8_t {
    Waiting,      // for the nodes before it
    Ready,        // to be prepared, or prepared and waiting for room at its connection
    Probing,      // a look whether something of that name is there already
    Committing,   // its intent is in the batch that is being written
    Calling,      // a worker is at it
    Queued,       // its connection has not sent anything yet: asked again later
    Polling,      // the platform works on it
    Done,
    Stopped,   // failed, refused, skipped, or not known what became of it
};

std::string_view name_of(NodeState state);

// What may follow what; nothing else happens (node.cpp has the table, with the reasons).
bool may_follow(NodeState from, NodeState to);

}
