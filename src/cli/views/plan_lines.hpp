#pragma once

#include "base/text.hpp"
#include "cli/views/field_view.hpp"
#include "cli/views/names.hpp"
#include "cli/views/plan_view.hpp"

#include <fmt/core.h>

#include <string>
#include <string_view>
#include <vector>

namespace cli {

// What the parts of a plan's text are written with: lines, and names and fields that fit on them.
// The plan and the options must outlive it.
class PlanLines {
public:
    PlanLines(const engine::Plan& plan, const PlanViewOptions& options)
        : plan_(plan), options_(options), terminal_(options.terminal),
          is_uncut_(cuts_of(options.terminal, options.full) == Cuts::Nothing),
          fields_(options.terminal, options.fingerprint, cuts_of(options.terminal, options.full)) {}

protected:
    template <typename... T>
    void line(fmt::format_string<T...> format, T&&... values) {
        out_ += fmt::format(format, std::forward<T>(values)...);
        out_ += '\n';
    }

    std::size_t width() const { return width_of(terminal_); }
    std::size_t width_left(std::size_t used) const { return cli::width_left(terminal_, used); }

    std::string names_of(const std::vector<std::string_view>& addresses, std::size_t used) const {
        const std::size_t width = is_uncut_ ? SIZE_MAX / 2 : width_left(used);
        return base::escape_controls(addresses_text(addresses, width));
    }

    const engine::Plan& plan_;
    const PlanViewOptions& options_;
    const Terminal& terminal_;
    const bool is_uncut_;   // nothing is left out of a list, nor of a value
    FieldView fields_;
    std::string out_;
};

}
