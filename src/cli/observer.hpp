#pragma once

#include "cli/context.hpp"
#include "cli/interrupts.hpp"
#include "engine/run/observer.hpp"

#include <optional>

namespace cli {

// Tells on standard error what a command does before its own work: recovery, and a look at the
// platforms that takes long.
class TerminalObserver : public engine::Observer {
public:
    explicit TerminalObserver(Context& context) : context_(context) {}

    void on_recovered(const engine::Recovered& one) override;
    void on_not_recovered(const state::OpenIntent& open) override;
    void on_recovery_wait(std::int64_t run, base::Time until) override;
    void on_adopted(const std::vector<state::Row>& rows) override;
    void on_refresh(const engine::RefreshEvent& event) override;
    void on_ask(const engine::AskEvent& event) override;
    void on_changed_sources(const std::vector<std::string>& sources) override;

    // What the first interrupt says: what is waited for.
    enum class AfterInterrupt : unsigned char { Ends, GoesOn };
    Interrupts::Notice interrupt_notice(AfterInterrupt then) const;

protected:
    Context& context_;

private:
    void tell_silence(const provider::ConnectionRecord& connection);
    std::string silence_text(const provider::ConnectionRecord& connection) const;
    void draw(const std::string& text);
    void erase();

    std::chrono::nanoseconds refresh_began_{0};
    std::chrono::nanoseconds heard_{0};   // when the platform answered last
    std::size_t answers_ = 0;
    std::size_t awaited_ = 0;   // of what the plan asked; 0: nothing
    bool is_silence_told_ = false;
    bool is_line_drawn_ = false;
    std::optional<EchoOff> echo_off_;   // while it is
};

}
