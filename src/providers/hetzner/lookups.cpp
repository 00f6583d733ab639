#include "embedded/providers.hpp"
#include "net/http/url.hpp"
#include "providers/hetzner/types.hpp"
#include "providers/rest/describe.hpp"
#include "providers/rest/wire.hpp"

#include <fmt/core.h>

// What a program may ask of Hetzner's catalogue, and of the project's own images.
namespace providers::hetzner {
namespace {

using namespace rest;
using value::Value;
using value::ValueType;

// The API filters; a name has one thing at most.
std::string by_name(const Value& inputs) {
    return "name=" + net::percent_encode(text_of(inputs, "name"));
}

std::string image_query(const Value& inputs) {
    // The newest that is ready, and only that. Deprecated ones as well: a program that names one
    // goes on finding it, and the catalogue says when it is too late.
    std::string out = "sort=created:desc&status=available&include_deprecated=true&per_page=1";
    for (const char* name : {"name", "type", "architecture", "label_selector"}) {
        const std::string& text = text_of(inputs, name);
        // What is left out is no filter.
        if (!text.empty()) out += fmt::format("&{}={}", name, net::percent_encode(text));
    }
    return out;
}

base::Result<void> validate_image(const Value& inputs) {
    if (is_set(inputs, "name") || is_set(inputs, "label_selector")) return {};
    return base::invalid_argument("an image is looked up by `name` or by `label_selector`");
}

Value location_names(const json::Value& type) {
    Value::Array out;
    const json::Value* locations = type.find("locations");
    if (locations == nullptr || !locations->is_array()) return out;
    for (const json::Value& location : *locations->as_array()) {
        out.emplace_back(location.string_or("name", ""));
    }
    return out;
}

DataSourceType image() {
    DataSourceType type;
    type.schema.name = "hetzner.Image";
    type.schema.doc = "An image that there is: one of Hetzner's, or a snapshot of the project. Of "
                      "several, the newest. It is looked up by each plan; nothing is made.";
    type.schema.example = embedded::hetzner_image_ncl;
    type.schema.inputs = {
        Input("name", a_string(), "\"debian-12\"; snapshots have none."),
        Input("type", one_of({"system", "app", "snapshot", "backup"}), "Who made it, and how.")
            .by_default("'system"),
        Input("architecture", one_of({"x86", "arm"}), "Of the servers that it is for.")
            .by_default("'x86"),
        Input("label_selector", a_string(), "With these labels: \"role=web,tested\"."),
    };
    type.results = {
        {.output = Output("description", ValueType::String, "In the vendor's words, or yours.")},
        {.output = Output("os_flavor", ValueType::String, "\"debian\", \"ubuntu\" …")},
        {.output = Output("os_version", ValueType::Dyn, "\"12\", or null.")},
        {.output = Output("disk_size", ValueType::Number, "GB that a server's disk needs.")},
        {.output = Output("created", ValueType::String, "When.")},
    };
    type.collection = "/images";
    type.list = "images";
    type.noun = "image";
    type.query = image_query;
    type.validate = validate_image;
    return complete_data_source(std::move(type));
}

DataSourceType server_type_info() {
    DataSourceType type;
    type.schema.name = "hetzner.ServerType";
    type.schema.doc = "A type of server that there is. It is looked up by each plan; nothing is "
                      "made.";
    type.schema.example = embedded::hetzner_server_type_ncl;
    type.schema.inputs = {Input("name", a_string(), "\"cx23\", \"cax11\" …").required()};
    type.results = {
        {.output = Output("description", ValueType::String, "In the vendor's words.")},
        {.output = Output("cores", ValueType::Number, "Of its processor.")},
        {.output = Output("cpu_type", ValueType::String, "\"shared\" or \"dedicated\".")},
        {.output = Output("memory", ValueType::Number, "GB.")},
        {.output = Output("disk", ValueType::Number, "GB.")},
        {.output = Output("architecture", ValueType::String, "\"x86\" or \"arm\".")},
        {.output = Output("locations", ValueType::Array, "Where it is offered."),
         .show = location_names},
    };
    type.collection = "/server_types";
    type.list = "server_types";
    type.noun = "server type";
    type.query = by_name;
    return complete_data_source(std::move(type));
}

DataSourceType location() {
    DataSourceType type;
    type.schema.name = "hetzner.Location";
    type.schema.doc = "A place that there is. It is looked up by each plan; nothing is made.";
    type.schema.example = embedded::hetzner_location_ncl;
    type.schema.inputs = {Input("name", a_string(), "\"fsn1\", \"hel1\" …").required()};
    type.results = {
        {.output = Output("description", ValueType::String, "In the vendor's words.")},
        {.output = Output("country", ValueType::String, "Its code: \"DE\".")},
        {.output = Output("city", ValueType::String, "Its name.")},
        {.output = Output("network_zone", ValueType::String, "\"eu-central\" …")},
        {.output = Output("latitude", ValueType::Number, "In degrees.")},
        {.output = Output("longitude", ValueType::Number, "In degrees.")},
    };
    type.collection = "/locations";
    type.list = "locations";
    type.noun = "location";
    type.query = by_name;
    return complete_data_source(std::move(type));
}

}

std::span<const DataSourceType* const> data_source_types() {
    // Made once, and pointed to by every connection.
    static const DataSourceType kImage = image();
    static const DataSourceType kLocation = location();
    static const DataSourceType kServerType = server_type_info();
    static const DataSourceType* const kTypes[] = {&kImage, &kLocation, &kServerType};
    return kTypes;
}

}
