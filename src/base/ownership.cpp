#include "base/ownership.hpp"

#include <array>
#include <cerrno>

#include <pwd.h>
#include <sys/stat.h>

namespace base {

Result<FolderOwner> owner_of(const std::string& folder, const Person& person) {
    struct stat info{};
    if (::stat(folder.c_str(), &info) != 0) return system_error("looking at " + folder, errno);
    FolderOwner out{.user = info.st_uid,
                    .is_sticky = (info.st_mode & S_ISVTX) != 0,
                    .file_system = info.st_dev};
    // Before the owner: in /tmp, which belongs to root, anybody's file may lie, and root is no less
    // in danger from it.
    if ((info.st_mode & S_IWOTH) != 0) {
        out.belongs = Belongs::ToEverybody;
    } else if (!person.is(info.st_uid)) {
        out.belongs = info.st_uid == 0 ? Belongs::ToSystem : Belongs::ToSomebody;
    }
    return out;
}

std::string name_of_user(uid_t user) {
    passwd entry{};
    passwd* found = nullptr;
    std::array<char, 4096> buffer{};
    if (::getpwuid_r(user, &entry, buffer.data(), buffer.size(), &found) == 0 && found != nullptr) {
        return found->pw_name;
    }
    return "user " + std::to_string(user);
}

}
