#pragma once

#include "base/ownership.hpp"
#include "base/result.hpp"
#include "provider/programs.hpp"
#include "state/key.hpp"

#include <compare>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace engine {

// Where a person's own records about workspaces are, and who that person is.
struct TrustOptions {
    std::string folder;   // the user's state folder; "": nothing is remembered nor checked
    base::Person person;
    bool any_owner = false;   // the state may belong to another user
};

// A program that was agreed to.
struct KnownProgram {
    std::string id;
    std::string role;
    std::string command;
    std::string since;   // ISO 8601
};

// What a person has agreed to about a workspace: the programs that it may start, and that its state
// is their own. A repository can bring anything along in the workspace's folder, so the records are
// elsewhere: in `trust/`, a folder for each workspace, by its path and the id of its state, with a
// file for each program; and a state is told by what only the person's own key there can have
// written into its folder. Calls for programs may come from several threads.
class Trust {
public:
    static base::Result<std::unique_ptr<Trust>> open(TrustOptions options,
                                                     const std::string& workspace_folder,
                                                     const std::string& state_folder);

    // Whether the folder and files of the state belong to the person. PermissionDenied if not.
    base::Result<void> check_owner() const;
    // Whether this state, with this key (null: it has none), was made or taken over by this user on
    // this machine.
    bool is_own(std::string_view workspace_id, const state::Key* key) const;
    base::Result<void> take_over(const std::string& workspace_id, const state::Key* key);
    // From now on programs are those of the workspace with this state.
    void use_state(const std::string& workspace_id) { workspace_id_ = workspace_id; }
    // Whether there is a key that neither this user made here nor took over: whoever brought it
    // along can open what it seals.
    bool has_foreign_key() const;
    // Before a state is made where there is none, so that it is one's own even if making it is cut
    // short. NotApproved: there is a key already, which somebody else knows.
    base::Result<void> begin_state();
    // Such a one that was not taken over yet.
    bool is_being_made() const;

    // The newest run that the state of an environment has had here: one that ends before it is an
    // older copy. Of what cannot be written nothing is remembered.
    struct Newest {
        std::int64_t epoch = 0;
        std::int64_t run = 0;
        auto operator<=>(const Newest&) const = default;
    };
    std::optional<Newest> newest(std::string_view environment) const;
    void note_newest(std::string_view environment, Newest newest) const;
    // It goes back on purpose, in all environments.
    base::Result<void> forget_newest() const;

    // Before anything is remembered, by the thread that no other calls beside: makes the person's
    // key where there is none.
    base::Result<void> prepare();
    // The id of a program: keyed, as it may have been told by secrets.
    base::Result<std::string> id_of(const provider::Program& program);
    bool knows(const std::string& id) const;
    base::Result<void> remember(const std::string& id, const provider::Program& program,
                                std::string_view now);
    base::Result<std::vector<KnownProgram>> programs() const;

    // Forgets the programs, and that the state is one's own.
    base::Result<void> revoke();

private:
    Trust(TrustOptions options, std::string workspace_folder, std::string state_folder);
    std::string path(std::string_view name) const;
    std::string newest_folder() const { return path("newest"); }
    std::string programs_folder() const { return path("programs-" + workspace_id_); }
    // Made where it is missing; null where it may not be.
    base::Result<const state::Key*> own_key(bool make);
    std::string mark_of(std::string_view what, std::string_view workspace_id,
                        const state::Key* key) const;

    TrustOptions options_;
    std::string workspace_folder_;
    std::string state_folder_;
    std::string workspace_id_;   // "": there is no state yet
    std::unique_ptr<state::Key> own_key_;
};

}
