#include "base/system.hpp"

#include "base/check.hpp"
#include "base/probe.hpp"
#include "base/random.hpp"
#include "base/real_system.hpp"

#include <cerrno>

#include <sys/random.h>
#include <unistd.h>

namespace base {
namespace {

class RealSystem final : public System {
public:
    Clock& clock() override { return real_clock(); }
    Threads& threads() override { return real_threads(); }
    Files& files() override { return real_files(); }

    void fill_random(std::span<std::byte> bytes) override {
        while (!bytes.empty()) {
            // Flags 0: waits until the kernel's pool has been filled once, soon after boot, and
            // never again.
            const ssize_t got = ::getrandom(bytes.data(), bytes.size(), 0);
            if (got < 0 && errno == EINTR) continue;
            CHECK(got > 0);
            bytes = bytes.subspan(static_cast<std::size_t>(got));
        }
    }

    std::string host_name() override {
        char name[256] = "";
        return ::gethostname(name, sizeof name - 1) == 0 ? name : "";
    }
};

constinit RealSystem the_system;
constinit System* in_use = &the_system;

}

System& operating_system() { return *in_use; }

void use_operating_system(System* other) { in_use = other != nullptr ? other : &the_system; }

void fill_random(std::span<std::byte> bytes) { operating_system().fill_random(bytes); }

void probe(std::string_view name) { operating_system().reached(name); }

}
