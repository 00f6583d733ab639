#include "providers/rest/resource_handler.hpp"

#include "base/text.hpp"
#include "net/http/url.hpp"

#include <fmt/core.h>

namespace providers::rest {

namespace {

// A cursor is words with a space between; URLs and texts of services may have anything in them.
std::string escape(std::string_view word) {
    if (word.empty()) return "-";
    std::string out;
    for (const char c : word) {
        // Percent-encoding, as it has no blanks; a lone "-" stands for an empty word.
        const bool is_plain = c > ' ' && c != '%' && c != 0x7f && word != "-";
        out += is_plain ? std::string(1, c) : net::percent_encode(std::string_view(&c, 1));
    }
    return word == "-" ? "%2D" : out;
}

std::string unescape(std::string_view word) {
    if (word == "-") return {};
    auto decoded = net::percent_decode(word);
    return decoded.ok() ? std::move(*decoded) : std::string(word);
}

}

std::string OperationCursor::text() const {
    std::string out = escape(id) + " " + escape(call);
    // In a database, in an intent: recovery of a later version reads it, so words are only added.
    for (const std::string& wait : waits) out += " " + escape(wait);
    return out;
}

OperationCursor OperationCursor::from_text(std::string_view text) {
    OperationCursor out;
    if (text.empty()) return out;
    const auto words = base::split(text, ' ');
    out.id = unescape(words[0]);
    if (words.size() > 1) out.call = unescape(words[1]);
    for (std::size_t i = 2; i < words.size(); ++i) out.waits.push_back(unescape(words[i]));
    return out;
}

std::vector<std::string> ResourceHandler::begun(const Answer& answer) const {
    const auto begun = connection_.conventions->operations.begun;
    return begun != nullptr ? begun(answer) : std::vector<std::string>();
}

base::Error failed_in_background(const Api& api, const Progress& progress) {
    ApiError refusal;
    // The mapping is asked like after a refusal, as codes of operations are mostly the same ones.
    refusal.code = progress.code;
    refusal.message = progress.message;
    std::string message = fmt::format(
        "{} began it, and then it failed: {} ({})", api.error_mapping().service,
        base::escape_controls(progress.message.empty() ? "no reason was given" : progress.message),
        base::escape_controls(progress.code));
    base::Error error(base::Code::FailedPrecondition, std::move(message));
    error = with_remedy(std::move(error), api.error_mapping().remedy_for(refusal));
    auto failure = std::make_shared<provider::CallFailure>();
    // The operation has ended: no horizon has to pass before what is seen counts.
    failure->is_over = true;
    return std::move(error).with_detail(std::move(failure));
}

}
