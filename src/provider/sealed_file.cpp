#include "provider/sealed_file.hpp"

#include "base/fs.hpp"
#include "provider/provider.hpp"

namespace provider {
namespace {

// No JSON document and no note begins like this.
constexpr std::string_view kMark = "\x01sealed\n";

// The path in the state's folder: a file that is carried elsewhere does not open.
std::string place_of(const Host& host, std::string_view path) {
    std::string_view place = path;
    if (place.starts_with(host.state_dir)) place.remove_prefix(host.state_dir.size());
    return "file " + std::string(place);
}

}

base::Result<void> write_sealed(const Host& host, const std::string& path, std::string_view text) {
    std::string bytes(text);
    if (host.seal) bytes = std::string(kMark) + TRY(host.seal(text, place_of(host, path)));
    return base::write_file_atomic(path, bytes, {.mode = 0600, .sync = false});
}

base::Result<KeptText> read_sealed(const Host& host, const std::string& path,
                                   std::size_t max_bytes) {
    KeptText out;
    // What a seal adds: its mark, nonce and tag.
    constexpr std::size_t kMore = 64;
    out.text = TRY(base::read_file(path, max_bytes + kMore));
    if (!out.text.starts_with(kMark)) return out;
    if (!host.open) return base::Error(base::Code::DataLoss, path + " is sealed, without a key");
    out.text =
        TRY(host.open(std::string_view(out.text).substr(kMark.size()), place_of(host, path)));
    out.is_sealed = true;
    return out;
}

}
