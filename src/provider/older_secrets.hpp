#pragma once

#include "provider/secrets.hpp"

// How older programs recorded references to secrets: as text between control characters, with the
// keyed fingerprint of what the reference named.
namespace provider {

// The value with references in the places of such texts, where it is secret, and where the secret
// of today has the recorded fingerprint. Whoever can make that fingerprint has the workspace's key
// and the secret; any other text stays what it is, and asks for nothing.
value::Value with_older_references(const value::Value& recorded, const Secrets& secrets);

// Of the settings of a connection, which were recorded without fingerprints. Only for connecting
// where the settings say: what they ask for was sent there before.
value::Value with_older_settings(const value::Value& recorded, const Secrets& secrets);

}
