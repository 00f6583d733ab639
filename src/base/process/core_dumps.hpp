#pragma once

namespace base {

// From here on this process leaves no core dump, and no other of the same user can read its
// memory: there are secrets in it. Programs that it starts are not concerned. (Nothing under
// sanitizers, which look for leaks by way of ptrace.)
void forbid_core_dumps();

}
