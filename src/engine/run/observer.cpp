#include "engine/run/observer.hpp"

namespace engine {

base::Result<void> Observer::approve(const Proposal&) {
    return base::Error(base::Code::NotApproved, "nobody is there to approve the plan");
}

}
