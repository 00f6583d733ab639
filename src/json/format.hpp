#pragma once

#include "base/result.hpp"
#include "json/events.hpp"
#include "json/writer.hpp"

#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace json {

enum class Format : unsigned char { Json, CompactJson, Yaml, YamlDocuments, Toml };

// json, yaml, yaml-documents, toml.
std::optional<Format> format_from_name(std::string_view name);

// Pretty JSON ends without a newline, YAML and TOML with one.
std::unique_ptr<Writer> make_writer(Format format, std::string& out);

// YamlDocuments gives an array of the documents, Yaml only if there are several.
base::Result<void> read(Format format, std::string_view text, Events& events,
                        const Limits& limits = {});

}
