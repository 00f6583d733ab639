#pragma once

#include "base/error.hpp"

#include <string>

struct sqlite3;

namespace store {

// What a failed SQLite call means for us: the code and its text.
base::Error sqlite_error(sqlite3* handle, int result_code, std::string what);

}
