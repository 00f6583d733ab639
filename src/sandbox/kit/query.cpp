#include "sandbox/kit/query.hpp"
#include "base/text.hpp"
#include "json/error.hpp"

#include <algorithm>

namespace sandbox {
namespace {

constexpr std::size_t kMostFields = 1000;

int digit_of(char letter) {
    if (letter >= '0' && letter <= '9') return letter - '0';
    if (letter >= 'a' && letter <= 'f') return letter - 'a' + 10;
    if (letter >= 'A' && letter <= 'F') return letter - 'A' + 10;
    return -1;
}

base::Result<std::string> decode(std::string_view text) {
    std::string out;
    for (std::size_t i = 0; i < text.size(); ++i) {
        // As in forms: a plus is a space.
        if (text[i] == '+') {
            out += ' ';
        } else if (text[i] != '%') {
            out += text[i];
        } else {
            const int high = i + 2 < text.size() ? digit_of(text[i + 1]) : -1;
            const int low = i + 2 < text.size() ? digit_of(text[i + 2]) : -1;
            if (high < 0 || low < 0) return base::invalid_argument("a broken escape in the query");
            out += static_cast<char>(high * 16 + low);
            i += 2;
        }
    }
    // What is not UTF-8 would get into names and answers.
    if (json::find_invalid_utf8(out) != out.size()) {
        return base::invalid_argument("the query is not UTF-8");
    }
    return out;
}

}

base::Result<Query> Query::parse(std::string_view text) {
    Query query;
    if (text.empty()) return query;
    for (const std::string_view field : base::split(text, '&')) {
        if (field.empty()) continue;
        if (query.fields_.size() == kMostFields) {
            return base::invalid_argument("the query has too many parameters");
        }
        const std::size_t equals = std::min(field.find('='), field.size());
        std::string name = TRY(decode(field.substr(0, equals)));
        std::string value = TRY(decode(field.substr(std::min(equals + 1, field.size()))));
        query.fields_.emplace_back(std::move(name), std::move(value));
    }
    return query;
}

std::optional<std::string_view> Query::find(std::string_view name) const {
    for (const auto& [key, value] : fields_) {
        if (key == name) return value;
    }
    return std::nullopt;
}

std::vector<std::string_view> Query::all(std::string_view name) const {
    std::vector<std::string_view> out;
    for (const auto& [key, value] : fields_) {
        if (key == name) out.push_back(value);
    }
    return out;
}

}
