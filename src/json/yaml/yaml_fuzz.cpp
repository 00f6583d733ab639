#include "json/value.hpp"
#include "json/yaml/reader.hpp"

#include <cstddef>
#include <cstdint>

// libfyaml 0.7 leaks a few kilobytes for a quoted key with very many escaped quotes.
extern "C" const char* __asan_default_options() { return "detect_leaks=0"; }

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    std::string_view text(reinterpret_cast<const char*>(data), size);
    json::Limits limits{.max_depth = 200, .max_expanded_nodes = 1000};
    json::ValueBuilder one;
    (void)json::yaml::read(text, one, limits);
    json::ValueBuilder documents;
    (void)json::yaml::read_documents(text, documents, limits);
    return 0;
}
