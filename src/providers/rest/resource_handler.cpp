#include "providers/rest/resource_handler.hpp"

#include "base/text.hpp"

#include <fmt/core.h>

namespace providers::rest {

std::string OperationCursor::text() const {
    std::string out = (id.empty() ? "-" : id) + " " + (call.empty() ? "-" : call);
    for (const std::string& wait : waits) out += " " + wait;
    return out;
}

OperationCursor OperationCursor::from_text(std::string_view text) {
    OperationCursor out;
    if (text.empty()) return out;
    const auto words = base::split(text, ' ');
    const auto word = [&](std::size_t i) {
        return i < words.size() && words[i] != "-" ? std::string(words[i]) : std::string();
    };
    out.id = word(0);
    out.call = word(1);
    for (std::size_t i = 2; i < words.size(); ++i) out.waits.emplace_back(words[i]);
    return out;
}

provider::OperationResult done(std::optional<provider::ObservedResource> seen) {
    provider::OperationResult out;
    out.kind = provider::OperationResult::Kind::Done;
    out.seen = std::move(seen);
    return out;
}

provider::OperationResult running(const OperationCursor& place) {
    provider::OperationResult out;
    out.kind = provider::OperationResult::Kind::Running;
    out.handle = place.text();
    return out;
}

provider::OperationResult next_phase(const OperationCursor& place) {
    provider::OperationResult out;
    out.kind = provider::OperationResult::Kind::NextPhase;
    out.phase = place.text();
    return out;
}

provider::LookupResult found(provider::LookupResult::Kind kind, std::string reason) {
    provider::LookupResult out;
    out.kind = kind;
    out.reason = std::move(reason);
    return out;
}

provider::LookupResult found(provider::LookupResult::Kind kind, provider::ObservedResource seen) {
    provider::LookupResult out;
    out.kind = kind;
    out.seen = std::move(seen);
    return out;
}

provider::LookupResult found_running(const OperationCursor& place) {
    provider::LookupResult out;
    out.kind = provider::LookupResult::Kind::Running;
    out.handle = place.text();
    return out;
}

base::Error failed_in_background(const Api& api, const Progress& progress) {
    Refusal refusal;
    refusal.code = progress.code;
    refusal.message = progress.message;
    std::string message = fmt::format(
        "{} began it, and then it failed: {} ({})", api.error_mapping().service,
        base::escape_controls(progress.message.empty() ? "no reason was given" : progress.message),
        base::escape_controls(progress.code));
    base::Error error(base::Code::FailedPrecondition, std::move(message));
    if (std::string help = api.error_mapping().help_for(refusal); !help.empty()) {
        error = std::move(error).with_help(std::move(help));
    }
    auto failure = std::make_shared<provider::CallFailure>();
    failure->is_over = true;
    return std::move(error).with_detail(std::move(failure));
}

}
