#pragma once

#include "base/result.hpp"

#include <optional>
#include <string>

#include <sys/types.h>

namespace base {

// Who runs this program. Under sudo that is root, and what belongs to whoever called it counts as
// their own: they could have given it to root.
struct Person {
    uid_t user = 0;
    std::optional<uid_t> before_sudo;

    bool is(uid_t owner) const { return owner == user || owner == before_sudo; }
};

// Who decides what lies in a folder.
enum class Belongs : unsigned char {
    ToPerson,
    ToSystem,      // root, and the person is not root
    ToSomebody,    // another user
    ToEverybody,   // whoever likes may put something in, with or without the sticky bit
};

struct FolderOwner {
    Belongs belongs = Belongs::ToPerson;
    uid_t user = 0;
    bool is_sticky = false;   // what lies in it is only removed by whoever owns that: /tmp
    dev_t file_system = 0;
};
// Follows symbolic links.
Result<FolderOwner> owner_of(const std::string& folder, const Person& person);

// "alice", or "user 1001" where the system knows no name.
std::string name_of_user(uid_t user);

}
