#include "base/log.hpp"

#include "base/clock.hpp"
#include "base/fs.hpp"
#include "base/text.hpp"

#include <atomic>
#include <cerrno>

#include <fcntl.h>
#include <unistd.h>

namespace base::log {

namespace {

constinit std::atomic<Level> current_level = Level::Off;
constinit std::atomic<int> current_fd = STDERR_FILENO;

}

std::string_view name_of(Level level) {
    switch (level) {
        case Level::Off: return "off";
        case Level::Error: return "error";
        case Level::Warn: return "warn";
        case Level::Info: return "info";
        case Level::Debug: return "debug";
    }
    UNREACHABLE();
}

std::optional<Level> parse_level(std::string_view name) {
    for (const Level level : {Level::Off, Level::Error, Level::Warn, Level::Info, Level::Debug}) {
        if (name == name_of(level)) return level;
    }
    return std::nullopt;
}

Result<void> configure(const Options& options) {
    int fd = STDERR_FILENO;
    if (!options.file.empty()) {
        // 0640: messages may name paths and addresses.
        fd = ::open(options.file.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0640);
        if (fd < 0) return system_error("cannot open the log file " + options.file, errno);
    }
    // A thread that is in write() with the old descriptor may lose a line, or write it elsewhere.
    // It is configured once, before there are threads.
    const int previous = current_fd.exchange(fd);
    if (previous != STDERR_FILENO) ::close(previous);
    current_level = options.level;
    return {};
}

bool enabled(Level level) { return level <= current_level.load(std::memory_order_relaxed); }

void write(Level level, std::string_view message, std::initializer_list<Field> fields) {
    std::string line = "{\"@timestamp\":\"" + format_time(system_clock().now(), true) +
                       "\",\"log.level\":\"" + std::string(name_of(level)) + "\",\"message\":";
    line += quote_json(message);
    for (const Field& field : fields) {
        line += ',';
        line += quote_json(field.name);
        line += ':';
        line += quote_json(field.value);
    }
    line += "}\n";
    // A log that cannot be written must not stop the work.
    // One write() for a line, to a file opened with O_APPEND: lines of several processes do not
    // run into each other.
    static_cast<void>(write_all(current_fd.load(), line).ok());
}

}
