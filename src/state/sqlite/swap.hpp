#pragma once

#include "base/result.hpp"

#include <functional>
#include <string>
#include <string_view>

// Puts another database in the place of the state, as a whole or not at all. A database is up to
// three files, which no call moves at once; so what is to be done is written down first, and
// whoever comes after an end in between does the rest before anything is read.
namespace state::sqlite {

// Beside the database; it is complete and durable when swap() is called.
std::string prepared_path(const std::string& directory);

enum class Swap : unsigned char {
    Prepared,   // what lies at prepared_path
    Nothing,    // no database: an empty state. The backups are set aside too.
};

using AtStep = std::function<void(std::string_view step)>;

// The caller keeps runs out. `aside`: where the present database goes, beneath `set-aside/`.
base::Result<void> swap(const std::string& directory, Swap what, const std::string& aside,
                        const AtStep& at_step);

bool is_swapping(const std::string& directory);
// The rest of a swap that was cut off, if there is one. Busy while somebody is at it, or a run is
// in progress.
base::Result<void> finish_swap(const std::string& directory);

}
