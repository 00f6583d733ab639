#pragma once

#include "base/result.hpp"
#include "value/value.hpp"

#include <string>
#include <string_view>
#include <vector>

// The templates of local.Template. Outside of `{{ }}` a template is copied. Inside stands
//   a path of names, `site.title`, each of letters, digits, `_` and `-`: the variable's text, or
//   a text in double quotes without escapes, for what cannot be written otherwise: `{{"{{"}}`,
// then any number of filters: `{{ title | html }}`. Spaces and tabs inside do not matter, a line
// break ends nothing well. Strings, numbers and booleans have a text; anything else is an error.
//   html   & < > " ' as entities
//   json   a JSON value; of a string with its quotes
//   shell  quoted for a shell
namespace providers::local {

inline constexpr std::size_t kMaxTemplateNames = 16;

// The text; unknown when a variable that it needs is; secret when one is. `name` is for messages,
// which begin with "NAME:LINE:COLUMN".
base::Result<value::Value> render_template(std::string_view name, std::string_view text,
                                           const value::Value& variables);

// Errors that no variable can mend; each name must be one of the variables if these are known.
base::Result<void> check_template(std::string_view name, std::string_view text);

}
