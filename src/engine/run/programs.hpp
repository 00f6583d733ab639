#pragma once

#include "base/clock.hpp"
#include "base/guarded.hpp"
#include "engine/workspace/trust.hpp"
#include "provider/programs.hpp"

#include <functional>
#include <set>
#include <span>
#include <string>
#include <vector>

namespace engine {

// Who agrees to programs, and to secrets that are given away, that were not agreed to before. An
// error says that nobody does.
using AskAboutPrograms = std::function<base::Result<void>(std::span<const provider::Program>)>;

// The consent that providers ask: what a person has agreed to, in this run or an earlier one. While
// an approved plan is carried out, that is what its steps start: they were shown and approved.
class Programs final : public provider::ProgramConsent {
public:
    // `trust`: null where nothing is remembered. `ask`: null where there is nobody to ask.
    Programs(Trust* trust, AskAboutPrograms ask, base::Clock& clock)
        : trust_(trust), ask_(std::move(ask)), clock_(clock) {}

    base::Result<void> may_start(const provider::Program& program) override;
    base::Result<void> require(std::span<const provider::Program> programs) override;

    base::Result<bool> knows(const provider::Program& program);
    base::Result<void> agree(const provider::Program& program);

    // What is part of an approved plan: the secrets that its connections are handed, which was
    // agreed to when it was made, or whatever its steps start as well.
    enum class Part : std::uint8_t { None, Secrets, All };
    // As long as it lives.
    class Approved {
    public:
        explicit Approved(Programs& programs, Part part = Part::All) : programs_(programs) {
            programs_.set_approved(part);
        }
        Approved(const Approved&) = delete;
        Approved& operator=(const Approved&) = delete;
        ~Approved() { programs_.set_approved(Part::None); }

    private:
        Programs& programs_;
    };

private:
    struct Agreed {
        Part by_plan = Part::None;
        std::set<std::string> ids;   // in this run
    };
    void set_approved(Part part);
    bool is_approved(const provider::Program& program);
    base::Result<std::string> id_of(const provider::Program& program);

    Trust* trust_;
    AskAboutPrograms ask_;
    base::Clock& clock_;
    base::Guarded<Agreed> agreed_;
};

}
