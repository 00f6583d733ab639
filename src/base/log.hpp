#pragma once

#include "base/result.hpp"

#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>

// What the program does, as JSON lines with the field names of the Elastic Common Schema, for
// whoever runs it; never for the user's answer, and never a secret. Off until configured.
namespace base::log {

enum class Level : unsigned char { Off, Error, Warn, Info, Debug };

std::optional<Level> parse_level(std::string_view name);
std::string_view name_of(Level level);

struct Options {
    Level level = Level::Off;
    std::string file;   // empty: standard error
};

Result<void> configure(const Options& options);
bool enabled(Level level);

struct Field {
    std::string_view name;   // "event.duration"
    std::string_view value;
};

// One line, written with one call; lines of several threads do not mix.
void write(Level level, std::string_view message, std::initializer_list<Field> fields = {});

inline void error(std::string_view message, std::initializer_list<Field> fields = {}) {
    if (enabled(Level::Error)) write(Level::Error, message, fields);
}
inline void warn(std::string_view message, std::initializer_list<Field> fields = {}) {
    if (enabled(Level::Warn)) write(Level::Warn, message, fields);
}
inline void info(std::string_view message, std::initializer_list<Field> fields = {}) {
    if (enabled(Level::Info)) write(Level::Info, message, fields);
}
inline void debug(std::string_view message, std::initializer_list<Field> fields = {}) {
    if (enabled(Level::Debug)) write(Level::Debug, message, fields);
}

}
