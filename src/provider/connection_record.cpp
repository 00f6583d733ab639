#include "provider/connection_record.hpp"

namespace provider {

// The settings count too: two connections of one address, before and after an edit, are two.
bool ConnectionRecord::same_as(const ConnectionRecord& other) const {
    return address == other.address && provider == other.provider && identity == other.identity &&
           settings == other.settings;
}

}
