#pragma once

#include "provider/provider.hpp"
#include "providers/local/workspace.hpp"

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

// A file that a resource owns: local.File and local.Template are two ways to say its content.
namespace providers::local {

inline constexpr std::size_t kMaxContent = std::size_t{64} << 20;

// What lies at a path now.
struct FileState {
    unsigned mode = 0;
    unsigned owner = 0;
    unsigned group = 0;
    std::string content;   // empty when too large
    bool is_too_large = false;
    std::string sha256;   // empty when too large
    Marks marks;

    // The content as a value may hold it: what is too large or no text is described instead.
    std::string shown() const;
};

// What a resource wants there.
struct WantedFile {
    std::string path;
    std::string content;
    unsigned mode = 0644;
    bool overwrite = false;
    std::string token;
};

// Nothing when there is nothing; a refusal when it is no regular file.
base::Result<std::optional<FileState>> look_at_file(const Workspace& workspace,
                                                    const std::string& path);

// Makes the file appear, whole and with its mode and mark, or not at all. Something else at the
// path is refused unless `overwrite`; what the same intent has made before is done.
base::Result<void> create_file(const Workspace& workspace, const WantedFile& wanted);

// Replaces the content (owner and group stay) if the file is as it was written: `expected` are the
// hashes that it may have; none: the one in its mark. Otherwise refused unless `overwrite`.
base::Result<void> update_file(const Workspace& workspace, const WantedFile& wanted,
                               const std::vector<std::string>& expected);
// A file that is gone already is fine.
base::Result<void> remove_file(const Workspace& workspace, const std::string& path, bool overwrite,
                               const std::vector<std::string>& expected);

// What became of an intent for such a file. `seen` is what stands there now, for the row.
base::Result<provider::LookupResult>
find_file(const Workspace& workspace, const provider::Intent& intent, const WantedFile& wanted);

// The key, mode and hash of a file as a resource shows them; the caller adds the rest.
provider::ObservedResource seen_file(const std::string& path, const FileState& state,
                                     const value::Value& recorded_inputs);

// The same for whole intents of a type with the inputs `path`, `mode` and `overwrite`.
WantedFile wanted_file(const provider::Intent& intent, std::string content);
// Creates or updates; what stands there then.
base::Result<FileState> write_wanted_file(const Workspace& workspace,
                                          const provider::Intent& intent, const WantedFile& wanted,
                                          const std::vector<std::string>& expected);
base::Result<provider::OperationResult>
delete_wanted_file(const Workspace& workspace, const provider::Intent& intent,
                   const std::vector<std::string>& expected);

// What both types have in their descriptions.
provider::InputField path_input(std::string doc);
provider::InputField mode_input();
provider::InputField overwrite_input();
provider::OutputField location_output();

// Checks of the inputs `path`, `mode` and `overwrite` that both types share.
base::Result<void> validate_file_inputs(const value::Value& inputs);

}
