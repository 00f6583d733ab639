#pragma once

#include "lang/syntax/source.hpp"
#include "value/diagnostic.hpp"
#include "json/format.hpp"

#include <span>
#include <string>

namespace lang {

// For `--error-format json|yaml|toml`; `code` is that of the first error. JSON is one line without
// a newline, the others end with one.
// {"code":{"error":KIND,"expectation":{…}},"diagnostics":[{"message","severity","labels":[{"file",
// "line","column","end_line","end_column","text","primary"}],"notes":[…]}]}
std::string render_data(std::span<const value::Diagnostic> diagnostics, const SourceMap& sources,
                        json::Format format);
std::string render_json(std::span<const value::Diagnostic> diagnostics, const SourceMap& sources);

}
