#pragma once

#include "engine/run/deployment.hpp"
#include "engine/run/observer.hpp"

namespace engine {

enum class RecoveryWait : std::uint8_t {
    Looks,   // once; where the state cannot be written, what is left open is told and stays so
    Asks,    // once
    Waits,   // and waits some minutes for what a dead run's requests may still do
};

// What became of the intents that runs left open which died. Nothing where there is no state.
// Cancelled when stopped; what is known by then stays to be found out again.
base::Result<void> recover(Deployment& deployment, RecoveryWait wait, Observer& observer,
                           const std::stop_token& stop);

}
