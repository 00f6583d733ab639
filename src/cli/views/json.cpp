#include "cli/views/json.hpp"

#include "base/text.hpp"

namespace cli {

std::string json_line(const json::Value& document) {
    // Structure and escapes are ASCII, so the text can be mended as a whole.
    return base::mend_utf8(json::to_text(document));
}

void print_json(Context& context, const json::Value& document) {
    context.out().json(json_line(document) + "\n");
}

json::Value json_parsed(const std::string& text) {
    auto parsed = json::parse(base::mend_utf8(text));
    // Better a text than nothing, should the other part have been wrong.
    // The part is inserted as a text then: the rest of the document is still JSON.
    return parsed.ok() ? std::move(parsed).value() : json::Value(text);
}

}
