#pragma once

#include "base/result.hpp"
#include "sandbox/kit/project.hpp"

namespace sandbox::hetzner {

inline constexpr std::chrono::milliseconds kAttachVolume{3000};

void attach_volume(Project& project, std::int64_t volume, std::int64_t server);
void detach_volume(Project& project, std::int64_t volume);
// 422 unless it is there, free and at the place. `asked` of them come to the server at once.
base::Result<void> require_attachable(const Project& project, std::int64_t volume,
                                      std::string_view location);

}
