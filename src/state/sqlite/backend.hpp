#pragma once

namespace state {
class Backend;
}

namespace state::sqlite {

// The embedded database `.provisioning/state.db`.
const Backend& backend();

}
