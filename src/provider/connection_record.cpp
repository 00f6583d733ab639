#include "provider/connection_record.hpp"

namespace provider {

bool ConnectionRecord::same_as(const ConnectionRecord& other) const {
    return address == other.address && provider == other.provider && identity == other.identity &&
           settings == other.settings;
}

}
