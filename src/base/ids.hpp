#pragma once

#include <cstddef>
#include <string>

namespace base {

class Clock;

// Lower-case hexadecimal of that many random bytes, fit for secrets and idempotency tokens.
std::string random_token(std::size_t bytes = 16);

// 26 characters (0-9 a-z without i l o u): 48 bits of milliseconds, then 80 random bits. Ids of one
// process sort in the order they were made, within a millisecond too. Any thread.
std::string sortable_id(const Clock& clock);

}
