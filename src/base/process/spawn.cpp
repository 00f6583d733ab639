#include "base/process/spawn.hpp"

#include "base/process/environment.hpp"
#include "base/text.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <utility>

#include <fcntl.h>
#include <spawn.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

namespace base {
namespace {

// What a program needs to run at all, and nothing that may be a secret.
constexpr std::array<std::string_view, 11> kInherited{
    "PATH", "HOME", "USER", "LOGNAME", "SHELL", "LANG", "LANGUAGE", "TZ", "TMPDIR", "TERM",
    // Where the sockets of the person's own services are: podman does not run without.
    "XDG_RUNTIME_DIR"};

bool is_inherited(std::string_view name) {
    return name.starts_with("LC_") ||
           std::find(kInherited.begin(), kInherited.end(), name) != kInherited.end();
}

std::string_view name_of(std::string_view line) { return line.substr(0, line.find('=')); }

std::vector<char*> pointers(const std::vector<std::string>& texts) {
    std::vector<char*> out;
    for (const std::string& text : texts) out.push_back(const_cast<char*>(text.c_str()));
    out.push_back(nullptr);
    return out;
}

}

std::vector<std::string> child_environment(const std::map<std::string, std::string>& own,
                                           const std::string& executable) {
    auto out = environment_variables();
    std::erase_if(out, [](const auto& variable) { return !is_inherited(variable.first); });
    for (const auto& [name, text] : own) out[name] = text;
    std::string& path = out["PATH"];
    // A service manager may start us with no PATH at all.
    if (path.empty()) path = "/usr/local/bin:/usr/bin:/bin";
    // At the end: `provisioning` in a script finds this program, and nothing else changes its
    // meaning.
    if (!executable.empty()) path += ":" + std::string(parent_path(executable));
    std::vector<std::string> lines;
    for (const auto& [name, text] : out) lines.push_back(name + "=" + text);
    return lines;
}

std::map<std::string, std::string> with_passed(std::map<std::string, std::string> own,
                                               const std::vector<std::string>& names) {
    for (const std::string& name : names) {
        if (const auto text = environment_variable(name)) own.emplace(name, *text);
    }
    return own;
}

Result<std::string> find_program(std::string_view command,
                                 const std::vector<std::string>& environment,
                                 const std::string& executable) {
    if (command.find('/') != std::string_view::npos) return std::string(command);
    if (command == "provisioning" && !executable.empty()) return executable;
    std::string_view path;
    for (const std::string& line : environment) {
        if (name_of(line) == "PATH") path = std::string_view(line).substr(5);
    }
    for (const std::string_view folder : split(path, ':')) {
        // An empty part of PATH is the current folder, as POSIX has it.
        std::string file = join_path(folder.empty() ? "." : folder, command);
        struct stat info{};
        if (::stat(file.c_str(), &info) == 0 && S_ISREG(info.st_mode) &&
            ::access(file.c_str(), X_OK) == 0) {
            return file;
        }
    }
    return not_found("there is no program \"" + std::string(command) + "\" in PATH (" +
                     std::string(path) + ")");
}

Result<pid_t> spawn(const SpawnOptions& options) {
    // Not fork(): in a process of many threads the child may only make async-signal-safe calls
    // until it is another program, and copying the page tables of a large evaluation is slow.
    // glibc's posix_spawn() does it with CLONE_VFORK.
    posix_spawn_file_actions_t actions;
    posix_spawnattr_t attributes;
    posix_spawn_file_actions_init(&actions);
    posix_spawnattr_init(&attributes);
    sigset_t none;
    sigset_t all;
    sigemptyset(&none);
    sigfillset(&all);
    // Signals that we block or ignore (SIGPIPE, SIGINT of the run) would be inherited, and the
    // child's own children would be deaf to Ctrl-C.
    posix_spawnattr_setsigmask(&attributes, &none);
    posix_spawnattr_setsigdefault(&attributes, &all);
    int flags = POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF;
    // Out of our group, so that Ctrl-C at the terminal reaches us alone and we decide what becomes
    // of the child.
    flags |= options.new_session ? POSIX_SPAWN_SETSID : POSIX_SPAWN_SETPGROUP;
    posix_spawnattr_setflags(&attributes, static_cast<short>(flags));
    posix_spawnattr_setpgroup(&attributes, 0);

    if (!options.directory.empty()) {
        posix_spawn_file_actions_addchdir_np(&actions, options.directory.c_str());
    }
    const auto attach = [&](int from, int to, int mode) {
        if (from >= 0) {
            posix_spawn_file_actions_adddup2(&actions, from, to);
        } else {
            posix_spawn_file_actions_addopen(&actions, to, "/dev/null", mode, 0);
        }
    };
    attach(options.input, 0, O_RDONLY);
    attach(options.output, 1, O_WRONLY);
    attach(options.errors, 2, O_WRONLY);
    if (options.kept >= 0) posix_spawn_file_actions_adddup2(&actions, options.kept, 3);
    // Everything else is closed. O_CLOEXEC alone would rely on each library's discipline, and a
    // lock or a database that a child keeps open outlives us.
    posix_spawn_file_actions_addclosefrom_np(&actions, options.kept >= 0 ? 4 : 3);

    pid_t pid = 0;
    const std::vector<char*> arguments = pointers(options.arguments);
    const std::vector<char*> environment = pointers(options.environment);
    const int failure = ::posix_spawn(&pid, options.program.c_str(), &actions, &attributes,
                                      arguments.data(), environment.data());
    posix_spawn_file_actions_destroy(&actions);
    posix_spawnattr_destroy(&attributes);
    if (failure == 0) return pid;
    // posix_spawn() says ENOENT for a missing folder as for a missing program.
    if (failure == ENOENT && !options.directory.empty() && !is_directory(options.directory)) {
        return not_found("the directory \"" + options.directory + "\" does not exist");
    }
    return system_error("starting \"" + options.program + "\"", failure);
}

Result<FileDescriptor> text_in_memory(std::string_view text) {
    FileDescriptor out(::memfd_create("text", MFD_CLOEXEC));
    if (!out) return system_error("making room for an input", errno);
    TRY(write_all(out.get(), text));
    if (::lseek(out.get(), 0, SEEK_SET) != 0) return system_error("rewinding an input", errno);
    return out;
}

std::uint64_t start_time_of(pid_t pid) {
    // proc(5): field 22 is the start time; 1 and 2 are before the state.
    constexpr std::size_t kField = 20;   // of those after the name, which ends with the last ')'
    const auto text = read_file("/proc/" + std::to_string(pid) + "/stat", 4096);
    if (!text.ok()) return 0;
    // The name may have spaces and brackets of its own, thus the last ')'.
    const std::size_t name_end = text->rfind(')');
    if (name_end == std::string::npos) return 0;
    const std::string rest = text->substr(std::min(text->size(), name_end + 2));
    const std::vector<std::string_view> fields = split(rest, ' ');
    // A zombie has ended; nothing it does matters any more.
    if (fields.size() < kField || fields[0] == "Z" || fields[0] == "X") return 0;
    return std::strtoull(std::string(fields[kField - 1]).c_str(), nullptr, 10);
}

std::string boot_id() {
    const auto text = read_file("/proc/sys/kernel/random/boot_id", 256);
    return text.ok() ? std::string(trim(*text)) : "";
}

std::string last_lines(std::string_view text, std::size_t lines, std::size_t bytes) {
    while (text.ends_with('\n')) text.remove_suffix(1);
    if (text.size() > bytes) {
        text.remove_prefix(text.size() - bytes);
        const std::size_t next = text.find('\n');
        if (next != std::string_view::npos) text.remove_prefix(next + 1);
    }
    std::size_t at = text.size();
    for (std::size_t i = 0; i < lines; ++i) {
        if (at == 0) return std::string(text);
        const std::size_t found = text.rfind('\n', at - 1);
        if (found == std::string_view::npos) return std::string(text);
        at = found;
    }
    return std::string(text.substr(at + 1));
}

}
