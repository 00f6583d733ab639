#include "json/format.hpp"

#include "base/check.hpp"
#include "json/reader.hpp"
#include "json/toml/reader.hpp"
#include "json/toml/writer.hpp"
#include "json/yaml/reader.hpp"
#include "json/yaml/writer.hpp"

namespace json {

std::optional<Format> format_from_name(std::string_view name) {
    if (name == "json") return Format::Json;
    if (name == "yaml") return Format::Yaml;
    if (name == "yaml-documents") return Format::YamlDocuments;
    if (name == "toml") return Format::Toml;
    return std::nullopt;
}

std::unique_ptr<Writer> make_writer(Format format, std::string& out) {
    using Style = TextWriter::Style;
    using Stream = yaml::Writer::Stream;
    switch (format) {
        case Format::Json: return std::make_unique<TextWriter>(out, Style::Pretty);
        case Format::CompactJson: return std::make_unique<TextWriter>(out, Style::Compact);
        case Format::Yaml: return std::make_unique<yaml::Writer>(out, Stream::OneDocument);
        case Format::YamlDocuments: return std::make_unique<yaml::Writer>(out, Stream::Documents);
        case Format::Toml: return std::make_unique<toml::Writer>(out);
    }
    UNREACHABLE();
}

base::Result<void> read(Format format, std::string_view text, Events& events,
                        const Limits& limits) {
    switch (format) {
        case Format::Json:
        case Format::CompactJson: return read(text, events, limits);
        case Format::Yaml: return yaml::read(text, events, limits);
        case Format::YamlDocuments: return yaml::read_documents(text, events, limits);
        case Format::Toml: return toml::read(text, events, limits);
    }
    UNREACHABLE();
}

}
