#include "cli/error_pages.hpp"

#include "base/text.hpp"
#include "embedded/cli.hpp"

#include <algorithm>

namespace cli {

// Up to a full stop or colon that ends it: in code both may stand.
static std::string_view first_sentence(std::string_view text) {
    bool in_code = false;
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (text[i] == '`') in_code = !in_code;
        if (!in_code && (text[i] == '.' || text[i] == ':' || text[i] == ',')) {
            return text.substr(0, i);
        }
    }
    return text;
}

std::vector<ErrorPage> error_pages() {
    std::vector<ErrorPage> pages;
    constexpr std::string_view kHeading = "## ";
    std::string_view rest = embedded::error_kinds_md;
    while (rest.starts_with(kHeading)) {
        const std::size_t line = rest.find('\n');
        const std::size_t next = std::min(rest.find("\n## "), rest.size() - 1);
        ErrorPage page;
        page.kind = rest.substr(kHeading.size(), line - kHeading.size());
        page.text = base::trim(rest.substr(line, next - line));
        page.summary = first_sentence(page.text);
        pages.push_back(page);
        rest.remove_prefix(next + 1);
    }
    return pages;
}

const ErrorPage* find_page(const std::vector<ErrorPage>& pages, std::string_view name) {
    const std::string wanted = base::to_lower_ascii(name);
    for (const ErrorPage& page : pages) {
        const std::string kind = base::to_lower_ascii(page.kind);
        if (kind == wanted || kind.ends_with("::" + wanted)) return &page;
    }
    return nullptr;
}

}
