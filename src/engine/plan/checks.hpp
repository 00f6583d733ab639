#pragma once

#include "engine/plan/problems.hpp"
#include "engine/plan/resource.hpp"

namespace engine {

// Checks: what no single resource can see.

// Of `touched`, by resource the instances whose outputs it reads: those that wait for each other,
// which a plan would find out when nothing can go on. One circle is told.
void check_circles(const ResourceTable& table,
                   const std::vector<std::vector<value::InstanceId>>& touched,
                   const lang::Program& program, ProblemList& problems);

// Two resources that stand for one thing would undo each other's work, plan after plan.
void check_conflicts(const ResourceTable& table, const lang::Program* program,
                     ProblemList& problems);

// A relation of two things that two inputs write (the `firewalls` of a server, the `apply_to` of a
// firewall): each apply of the one would undo the other. An input that is ignored writes nothing
// but its beginning.
void check_relations(const ResourceTable& table, const lang::Program* program,
                     ProblemList& problems);

// What the provider knows of resources that refer to each other: a subnet lies within its network.
void check_together(const provider::ProviderRegistry& registry, const ResourceTable& table,
                    const lang::Program* program, ProblemList& problems);

// `lifecycle.protect`: what the record protects is neither deleted nor replaced. It is the plan as
// it came out that counts, so this comes after select and block.
void check_protection(const ResourceTable& table, const Decisions& decisions,
                      const std::vector<std::vector<Cause>>& causes, const lang::Program* program,
                      ProblemList& problems);

// What the platform was told to keep (`delete_protection`) is told before anything begins: half a
// destroy may be the half that was to be kept.
void check_guards(const ResourceTable& table, const Decisions& decisions,
                  const lang::Program* program, ProblemList& problems);

}
