#include "providers/kit/kind.hpp"

#include "base/text.hpp"

#include <fmt/core.h>

namespace providers::kit {

std::string Place::text() const {
    std::string out = (id.empty() ? "-" : id) + " " + (call.empty() ? "-" : call);
    for (const std::string& wait : waits) out += " " + wait;
    return out;
}

Place Place::from_text(std::string_view text) {
    Place out;
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

infra::Started done(std::optional<infra::Seen> seen) {
    infra::Started out;
    out.kind = infra::Started::Kind::Done;
    out.seen = std::move(seen);
    return out;
}

infra::Started running(const Place& place) {
    infra::Started out;
    out.kind = infra::Started::Kind::Running;
    out.handle = place.text();
    return out;
}

infra::Started next_phase(const Place& place) {
    infra::Started out;
    out.kind = infra::Started::Kind::NextPhase;
    out.phase = place.text();
    return out;
}

infra::Found found(infra::Found::Kind kind, std::string reason) {
    infra::Found out;
    out.kind = kind;
    out.reason = std::move(reason);
    return out;
}

infra::Found found(infra::Found::Kind kind, infra::Seen seen) {
    infra::Found out;
    out.kind = kind;
    out.seen = std::move(seen);
    return out;
}

infra::Found found_running(const Place& place) {
    infra::Found out;
    out.kind = infra::Found::Kind::Running;
    out.handle = place.text();
    return out;
}

base::Error failed_in_background(const Api& api, const Progress& progress) {
    Refusal refusal;
    refusal.code = progress.code;
    refusal.message = progress.message;
    std::string message = fmt::format(
        "{} began it, and then it failed: {} ({})", api.dialect().service,
        base::escape_controls(progress.message.empty() ? "no reason was given" : progress.message),
        base::escape_controls(progress.code));
    base::Error error(base::Code::FailedPrecondition, std::move(message));
    if (std::string help = api.dialect().help_for(refusal); !help.empty()) {
        error = std::move(error).with_help(std::move(help));
    }
    auto failure = std::make_shared<infra::CallFailure>();
    failure->is_over = true;
    return std::move(error).with_detail(std::move(failure));
}

}
