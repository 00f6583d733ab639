#include "engine/run/apply.hpp"

#include "engine/run/adopt.hpp"
#include "engine/run/recover.hpp"
#include "engine/run/rounds.hpp"

namespace engine {

base::Result<ApplyOutcome> apply(Deployment& deployment, const ApplyRequest& request,
                                 Observer& observer, const Stop& stop) {
    // In this mode first: the state stays in the mode that it was first opened in, and recovery
    // and planning alone would be content to read.
    TRY(deployment.state(state::OpenMode::Write));
    TRY(recover(deployment, RecoveryWait::Waits, observer, stop.first));
    if (!request.adopted.empty()) {
        observer.on_adopted(
            TRY(adopt_at(deployment, request.adopted, request.plan, observer, stop.first)));
    }
    return apply_in_rounds(deployment, request, nullptr, observer, stop);
}

base::Result<ApplyOutcome> destroy(Deployment& deployment, ApplyRequest request, Observer& observer,
                                   const Stop& stop) {
    request.plan.destroy = true;
    return apply(deployment, request, observer, stop);
}

}
