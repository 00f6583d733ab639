#include "providers/local/supervisor/machine.hpp"

#include "base/process/spawn.hpp"
#include "base/secret.hpp"
#include "base/text.hpp"

#include <algorithm>
#include <cerrno>
#include <csignal>

#include <fmt/core.h>
#include <poll.h>
#include <sys/signalfd.h>
#include <sys/wait.h>
#include <unistd.h>

namespace providers::local {
namespace {

using std::chrono::milliseconds;

constexpr milliseconds kFirstCheck{20};
constexpr milliseconds kStartCheck{100};   // between checks until it is healthy at first
constexpr milliseconds kStartGrace{200};   // without a check: alive for so long is running
constexpr int kReadsInATurn = 16;
constexpr std::size_t kKeptOutput = 8192;   // for the reason of a failure

std::string describe_end(int status) {
    if (WIFSIGNALED(status)) return fmt::format("was ended by signal {}", WTERMSIG(status));
    return fmt::format("ended with exit code {}", WEXITSTATUS(status));
}

}

static base::Result<Spec> read_spec(int document) {
    const base::SecretText text(TRY(base::read_all(document, "a specification", Note::kMaxBytes)));
    return Spec::from_note(TRY(Note::parse(text.reveal())));
}

base::Result<void> Supervisor::open() {
    spec_ = TRY(read_spec(STDIN_FILENO));
    log_.configure(spec_.log_file, spec_.log_max_bytes, spec_.log_keep);
    TRY(log_.open());
    sigset_t handled;
    sigemptyset(&handled);
    // Blocked and read as data, in the same loop as everything else: no handler, no race.
    for (const int signal : {SIGCHLD, SIGTERM, SIGINT, SIGHUP}) sigaddset(&handled, signal);
    ::sigprocmask(SIG_SETMASK, &handled, nullptr);
    ::signal(SIGPIPE, SIG_IGN);
    signals_ = base::FileDescriptor(::signalfd(-1, &handled, SFD_NONBLOCK | SFD_CLOEXEC));
    if (!signals_) return base::system_error("watching signals", errno);
    TRY(control_.open());
    status_.token = spec_.token;
    status_.boot = base::boot_id();
    status_.supervisor = ::getpid();
    status_.supervisor_start = base::start_time_of(::getpid());
    return {};
}

void Supervisor::save() { (void)status_.to_note().save("status"); }

void Supervisor::set_state(State state) {
    const bool is_new = status_.state != state || status_.pid != process_.pid();
    status_.state = state;
    status_.pid = process_.pid();
    status_.pid_start = process_.start_time();
    if (is_new) save();
}

void Supervisor::begin() {
    probe_.reset();
    failures_ = 0;
    restart_at_ = kNever;
    output_.clear();
    last_reason_.clear();
    if (auto started = process_.start(spec_); !started.ok()) {
        const std::string reason = started.error().text();
        log_.write("provisioning: " + reason + "\n");
        // Whoever has just asked for it waits for an answer: trying again would only delay it.
        if (is_first_start_) return end(State::Failed, reason);
        return schedule_restart(reason);
    }
    const bool has_check = spec_.health.kind != Health::Kind::None;
    next_check_ = Clock::now() + (has_check ? kFirstCheck : kStartGrace);
    start_deadline_ = has_check ? Clock::now() + spec_.health.start : kNever;
    set_state(State::Starting);
}

void Supervisor::end(State state, std::string reason) {
    status_.reason = std::move(reason);
    next_check_ = start_deadline_ = kill_at_ = restart_at_ = kNever;
    set_state(state);
}

void Supervisor::begin_stop(After after) {
    after_stop_ = after;
    probe_.reset();
    next_check_ = start_deadline_ = restart_at_ = kNever;
    if (process_.pid() == 0) return finish_stop();
    set_state(State::Stopping);
    process_.signal_group(spec_.stop_signal);
    // A stopped process does not see the signal before it goes on.
    process_.signal_group(SIGCONT);
    kill_at_ = Clock::now() + spec_.stop_timeout;
}

void Supervisor::finish_stop() {
    kill_at_ = kNever;
    switch (after_stop_) {
        case After::Stop: return end(State::Stopped, "");
        case After::Start: return begin();
        case After::Restart: return schedule_restart(status_.reason);
        case After::Fail: return end(State::Failed, status_.reason);
    }
}

void Supervisor::handle_end(int status) {
    take_output();
    if (status_.state == State::Stopping) return finish_stop();
    probe_.reset();
    next_check_ = start_deadline_ = kNever;
    const bool is_success = WIFEXITED(status) && WEXITSTATUS(status) == 0;
    std::string reason = "the process " + describe_end(status);
    log_.write("provisioning: " + reason + "\n");
    reason += last_lines_of_output();
    // "OnFailure" means by exit code; ended well is ended.
    const bool is_kept = spec_.restart == RestartPolicy::Always ||
                         (spec_.restart == RestartPolicy::OnFailure && !is_success);
    if (is_success && !is_kept) return end(State::Ended, reason);
    if (is_first_start_ || !is_kept) return end(State::Failed, reason);
    schedule_restart(reason);
}

// The reason goes into files and to people in the clear: of what was given a secret it has nothing
// but where to look.
std::string Supervisor::last_lines_of_output() const {
    const std::string last = base::last_lines(output_, 10, 2048);
    if (last.empty()) return "";
    if (spec_.has_secret) return "; what it printed is in its log alone, as it was given a secret";
    return "; its last lines:\n" + last;
}

void Supervisor::schedule_restart(const std::string& what) {
    const Clock::time_point now = Clock::now();
    const auto delay = restarts_.take(now, spec_.restart_limit, spec_.restart_delay);
    if (!delay) {
        return end(State::Failed, fmt::format("given up after {} within a minute: {}",
                                              base::count_of(restarts_.taken(), "restart"), what));
    }
    ++status_.restarts;
    status_.reason = what;
    restart_at_ = now + *delay;
    set_state(State::Waiting);
}

void Supervisor::check_health() {
    if (process_.pid() == 0 || status_.state == State::Stopping) return;
    if (!probe_ && Clock::now() >= next_check_) {
        next_check_ = kNever;
        probe_ = std::make_unique<Probe>(spec_.health, spec_, transport_);
    }
    if (!probe_) return;
    const std::optional<bool> result = probe_->step();
    if (!result) return;
    const std::string reason = probe_->reason();
    probe_.reset();
    judge(*result, reason);
}

void Supervisor::judge(bool is_healthy, const std::string& reason) {
    const bool is_starting = status_.state == State::Starting;
    const bool has_check = spec_.health.kind != Health::Kind::None;
    if (is_healthy) {
        failures_ = 0;
        is_first_start_ = false;
        start_deadline_ = kNever;
        status_.reason.clear();
        next_check_ = has_check ? Clock::now() + spec_.health.interval : kNever;
        return set_state(State::Running);
    }
    last_reason_ = reason;
    if (is_starting) {
        next_check_ = Clock::now() + std::min(kStartCheck, spec_.health.interval);
        return;
    }
    ++failures_;
    status_.reason = reason;
    next_check_ = Clock::now() + spec_.health.interval;
    if (failures_ < spec_.health.retries) return set_state(State::Unhealthy);
    log_.write("provisioning: unhealthy, stopping it: " + reason + "\n");
    begin_stop(spec_.restart == RestartPolicy::Never ? After::Fail : After::Restart);
}

void Supervisor::check_timers() {
    const Clock::time_point now = Clock::now();
    if (now >= kill_at_) {
        kill_at_ = kNever;
        process_.signal_group(SIGKILL);
    }
    if (now >= restart_at_) begin();
    if (now >= start_deadline_) {
        start_deadline_ = kNever;
        take_output();
        std::string reason = fmt::format(
            "the process was not healthy within {}: {}", base::format_duration(spec_.health.start),
            last_reason_.empty() ? "its health check never ended" : last_reason_);
        reason += last_lines_of_output();
        status_.reason = reason;
        const bool is_final = is_first_start_ || spec_.restart == RestartPolicy::Never;
        begin_stop(is_final ? After::Fail : After::Restart);
    }
}

Supervisor::Clock::time_point Supervisor::next_timer() const {
    Clock::time_point next = std::min({next_check_, start_deadline_, kill_at_, restart_at_});
    if (probe_) next = std::min(next, probe_->deadline());
    return std::min(next, control_.next_deadline());
}

void Supervisor::take_output() {
    // Not for ever: who prints without end is to be stopped and checked as well.
    for (int i = 0; i < kReadsInATurn; ++i) {
        const std::string text = process_.read_output();
        if (text.empty()) return;
        log_.write(text);
        output_ += text;
        if (output_.size() > 2 * kKeptOutput) output_.erase(0, output_.size() - kKeptOutput);
    }
}

void Supervisor::reap() {
    for (;;) {
        siginfo_t info{};
        // Looked at before it is reaped (WNOWAIT): our own process is reaped with its group still
        // there.
        if (::waitid(P_ALL, 0, &info, WEXITED | WNOHANG | WNOWAIT) != 0 || info.si_pid == 0) return;
        int status = 0;
        if (info.si_pid == process_.pid()) {
            process_.kill_rest_and_reap(status);
            handle_end(status);
            continue;
        }
        ::waitpid(info.si_pid, &status, 0);
        if (probe_) probe_->takes_exit(info.si_pid, status);
    }
}

void Supervisor::read_signals() {
    signalfd_siginfo info{};
    bool is_stop = false;
    while (::read(signals_.get(), &info, sizeof info) == sizeof info) {
        is_stop = is_stop || info.ssi_signo == SIGTERM || info.ssi_signo == SIGINT;
        // Signals of one kind that come together are one; so all children are asked, not one per
        // signal.
    }
    reap();
    if (is_stop && !status_.is_over()) begin_stop(After::Stop);
}

void Supervisor::reload(int document) {
    auto loaded = read_spec(document);
    if (!loaded.ok()) return;
    if (loaded->keeps_what_runs) {   // whatever the caller's own environment has become
        loaded->command = spec_.command;
        loaded->environment = spec_.environment;
        loaded->directory = spec_.directory;
    }
    const bool is_same = loaded->runs_the_same_as(spec_);
    spec_ = std::move(loaded).value();
    log_.configure(spec_.log_file, spec_.log_max_bytes, spec_.log_keep);
    status_.token = spec_.token;
    restarts_.clear();
    // Waiting for a restart: the change may be what it needs, so at once.
    if (!is_same || status_.state == State::Waiting) {
        is_first_start_ = true;
        status_.reason.clear();
        return begin_stop(After::Start);
    }
    // The new check has to hold as well before the change counts as done.
    probe_.reset();
    failures_ = 0;
    is_first_start_ = true;
    const bool has_check = spec_.health.kind != Health::Kind::None;
    next_check_ = Clock::now();
    start_deadline_ = has_check ? Clock::now() + spec_.health.start : kNever;
    set_state(State::Starting);
    // The token is a new one although the state may be the same.
    save();
}

int Supervisor::run() {
    begin();
    std::vector<pollfd> waiting;
    while (!status_.is_over()) {
        waiting.clear();
        waiting.push_back({.fd = signals_.get(), .events = POLLIN, .revents = 0});
        waiting.push_back({.fd = process_.output(), .events = POLLIN, .revents = 0});
        if (probe_)
            waiting.push_back({.fd = probe_->fd(), .events = probe_->events(), .revents = 0});
        control_.add_to(waiting);
        int timeout = -1;
        if (const Clock::time_point next = next_timer(); next != kNever) {
            const auto left = std::chrono::ceil<milliseconds>(next - Clock::now()).count();
            timeout = static_cast<int>(std::clamp<std::int64_t>(left, 0, 1'000'000));
        }
        ::poll(waiting.data(), waiting.size(), timeout);
        take_output();
        read_signals();
        if (!status_.is_over()) check_health();
        // After the probe, so that an answer that has just come counts before its deadline does.
        if (!status_.is_over()) check_timers();
        control_.step([this](std::string_view request, int attached) {
            if (status_.is_over()) return;
            if (request == "stop") begin_stop(After::Stop);
            if (request == "reload") reload(attached);
        });
        const bool is_stable = status_.state == State::Running || status_.state == State::Unhealthy;
        control_.answer(status_.to_note().print(), is_stable, status_.is_over());
    }
    control_.close();
    return status_.state == State::Failed ? 1 : 0;
}

}
