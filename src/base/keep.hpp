#pragma once

#include <memory>
#include <utility>
#include <vector>

namespace base {

// Moves a value to where it stays until the process ends, and is not taken apart then: to free a
// plan of 100,000 resources piece by piece costs as much as a tenth of making it, for a process
// that is about to end anyway. One thread at a time.
template <typename T>
T& kept_until_exit(T value) {
    static auto* const kept = new std::vector<std::shared_ptr<T>>;
    kept->push_back(std::make_shared<T>(std::move(value)));
    return *kept->back();
}

}
