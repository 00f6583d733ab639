#pragma once

#include <cstddef>
#include <map>
#include <set>
#include <string>

namespace simulation {
struct CommandEnd;
class World;
}

namespace simulated {

struct Episode;

// Variables of the environment whose texts are secret, by name.
using Secrets = std::map<std::string, std::string>;

// What is in the cloud, as lines that can be compared.
std::string dump(simulation::World& world);
std::string differences(const std::string& got, const std::string& wanted);

// What has to hold when an apply has come to its end. What is wrong; empty if nothing. No byte that
// was written, told or sent where it does not belong is of these secrets.
std::string check_world(simulation::World& world, const Secrets& secrets);
// After each command, however it ended, and after each commit: the state opens and is whole, or
// there is none.
std::string check_state();
// No run was taken for dead whose process lived to its end: `deaths` is how many did not.
std::string check_runs(std::size_t deaths);
// What the cloud has, for a person who looks.
bool has_tags(const std::string& type);   // and an id of its own
bool has_token(simulation::World& world, const std::string& token);
bool is_there(simulation::World& world, const std::string& type, const std::string& key);
// No more requests than a look at everything and a few for each thing need.
std::string check_requests(const simulation::CommandEnd& end, const Episode& episode);
// Nothing that is foreign was touched, by the cloud's own log. By "servers/17".
std::string check_foreign(const simulation::World& world, const std::set<std::string>& foreign);
// By the cloud's own log no process took away more things than its approved plans say.
std::string check_approved(const simulation::World& world,
                           const std::map<std::string, std::size_t>& may_remove);
// When all was destroyed.
std::string check_nothing_left(simulation::World& world);

}
