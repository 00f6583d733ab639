#pragma once

#include "lang/syntax/source.hpp"
#include "value/diagnostic.hpp"

#include <string>

namespace lang {

struct RenderOptions {
    bool colour = false;
    std::size_t width = 100;   // of the terminal: longer source lines are cut
};

// The finding with the source underlined, ending in a newline:
//
//   error: unexpected `=`
//     ┌─ app.ncl:1:11
//     │
//   1 │ { a = 1 b = 2 }
//     │ -         ^ expected `,` or `}`
//     │ │
//     │ opened here
//     │
//     = a remark on the whole
std::string render_text(const value::Diagnostic& diagnostic, const SourceMap& sources,
                        const RenderOptions& options = {});

}
