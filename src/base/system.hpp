#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <string_view>

namespace base {

class Clock;
class Files;
class Threads;

// The operating system as far as this program uses it: what reads the time, waits, draws at random
// or touches a file goes through it. One for the process, so that another can stand in its place
// (docs/adr/0024). Any thread.
class System {
public:
    virtual ~System() = default;
    virtual Clock& clock() = 0;
    virtual Threads& threads() = 0;
    virtual Files& files() = 0;
    virtual void fill_random(std::span<std::byte> bytes) = 0;   // fit for secrets
    virtual std::string host_name() = 0;                        // "" where there is none
    virtual void reached(std::string_view /*probe*/) {}         // see probe.hpp
};

System& operating_system();
// While there is one thread. The other is borrowed and stays to the end; null: the real one.
void use_operating_system(System* other);

}
