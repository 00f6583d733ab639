#pragma once

#include "lang/diag/diagnostic.hpp"

#include <span>
#include <string>

namespace lang {

// One line without a newline, for `--error-format json`. `code` is that of the first error.
// {"code":{"error":KIND,"expectation":{…}},"diagnostics":[{"message","severity","labels":[{"file",
// "line","column","end_line","end_column","text","primary"}],"notes":[…]}]}
std::string render_json(std::span<const Diagnostic> diagnostics, const SourceMap& sources);

}
