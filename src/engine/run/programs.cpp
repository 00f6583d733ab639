#include "engine/run/programs.hpp"

#include "base/hash.hpp"
#include "base/text.hpp"

#include <fmt/core.h>

#include <algorithm>

namespace engine {
namespace {

// The whole of a command is shown where it is asked about; an error names it.
constexpr std::size_t kWidest = 160;

base::Error nobody_agreed(std::span<const provider::Program> programs) {
    const provider::Program& first = programs.front();
    const bool is_secret = first.kind == provider::Program::Kind::Secret;
    std::string where = first.origin.empty() ? "" : fmt::format(" ({})", first.origin);
    std::string more;
    if (programs.size() > 1) {
        more = fmt::format("; and so would {} more", programs.size() - 1);
    }
    return base::Error(base::Code::NotApproved,
                       fmt::format("{} would {} nobody has agreed to: {}{}{}", first.role,
                                   is_secret ? "give a secret away, which" : "start a program that",
                                   base::truncate_to_width(provider::shown(first), kWidest), where,
                                   more))
        .with_advice({.next = is_secret ? base::Next::TrustSecrets : base::Next::TrustPrograms});
}

}

void Programs::set_approved(Part part) {
    agreed_.with([&](Agreed& agreed) { agreed.by_plan = part; });
}

bool Programs::is_approved(const provider::Program& program) {
    const Part part = agreed_.with([](const Agreed& agreed) { return agreed.by_plan; });
    return part == Part::All ||
           (part == Part::Secrets && program.kind == provider::Program::Kind::Secret);
}

base::Result<std::string> Programs::id_of(const provider::Program& program) {
    if (trust_ != nullptr) return trust_->id_of(program);
    return base::sha256_hex(program.identity);
}

base::Result<bool> Programs::knows(const provider::Program& program) {
    const std::string id = TRY(id_of(program));
    if (agreed_.with([&](const Agreed& agreed) { return agreed.ids.contains(id); })) return true;
    if (trust_ == nullptr || !trust_->knows(id)) return false;
    // Asked again for each call to an extension: the file need not be looked for each time.
    agreed_.with([&](Agreed& agreed) { agreed.ids.insert(id); });
    return true;
}

base::Result<void> Programs::agree(const provider::Program& program) {
    const std::string id = TRY(id_of(program));
    if (trust_ != nullptr) {
        TRY(trust_->remember(id, program, base::format_time(clock_.now())));
    }
    agreed_.with([&](Agreed& agreed) { agreed.ids.insert(id); });
    return {};
}

base::Result<void> Programs::may_start(const provider::Program& program) {
    if (TRY(knows(program))) return {};
    if (is_approved(program)) return agree(program);
    return nobody_agreed({&program, 1});
}

base::Result<void> Programs::require(std::span<const provider::Program> programs) {
    std::vector<provider::Program> unknown;
    for (const provider::Program& program : programs) {
        if (!TRY(knows(program))) unknown.push_back(program);
    }
    if (unknown.empty()) return {};
    if (!std::ranges::all_of(unknown, [this](const auto& one) { return is_approved(one); })) {
        if (!ask_) return nobody_agreed(unknown);
        auto answer = ask_(unknown);
        // Where nobody could be asked, what would be started is what is told.
        if (!answer.ok()) {
            return answer.error().code() == base::Code::NotApproved ? nobody_agreed(unknown)
                                                                    : std::move(answer).error();
        }
    }
    if (trust_ != nullptr) TRY(trust_->prepare());
    for (const provider::Program& program : unknown) TRY(agree(program));
    return {};
}

}
