#pragma once

#include "engine/apply/steps_now.hpp"

#include <string>

namespace engine {

// Why what the step has come to is more than was shown, or "" (ENGINE §5): approval covers the
// action and the top-level inputs that the plan named, and whatever is milder.
std::string beyond_approval(const Step& shown, const StepNow& now);

}
