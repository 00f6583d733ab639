#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace cli {

// A page about one kind of error.
struct ErrorPage {
    std::string_view kind;      // "EvalError::FieldMissing"
    std::string_view text;      // Markdown, without the heading
    std::string_view summary;   // its first sentence
};

std::vector<ErrorPage> error_pages();
// By its kind, also without the group, in whatever case.
const ErrorPage* find_page(const std::vector<ErrorPage>& pages, std::string_view name);

}
