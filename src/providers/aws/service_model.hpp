#pragma once

#include "json/value.hpp"

#include <map>
#include <string>
#include <string_view>
#include <vector>

// What a service of AWS says of itself, of what tools/aws_models extracts from the vendor's models.
namespace providers::aws {

struct Shape;

// A use of a shape: as a member, an item, a key or a value.
struct ShapeUse {
    std::string member;             // its name in our documents
    const Shape* shape = nullptr;   // never null in a model
    std::string wire;               // its name on the wire, where it has another
    std::string query;              // the same in the ec2 protocol's queries
    std::string format;             // of a timestamp: "iso8601", "unixTimestamp"
    bool is_flattened = false;
    bool is_token = false;    // by which a repetition is told from a second request
    std::int64_t least = 0;   // of a number or a length; both 0: not told
    std::int64_t most = 0;
    std::vector<std::string> values;   // of an enumeration that is short

    const std::string& wire_name() const { return wire.empty() ? member : wire; }
};

struct Shape {
    enum class Kind : std::uint8_t {
        String,
        Integer,
        Float,
        Boolean,
        Timestamp,
        Blob,
        List,
        Map,
        Structure
    };
    Kind kind = Kind::String;
    bool is_flattened = false;
    std::vector<ShapeUse> members;   // of a structure
    std::vector<std::string> required;
    ShapeUse item;   // of a list, and the values of a map
    ShapeUse key;    // of a map

    const ShapeUse* member(std::string_view name) const;
};

struct Operation {
    std::string name;
    std::string method = "POST";
    std::string uri = "/";
    const Shape* input = nullptr;   // null: none
    const Shape* output = nullptr;
    std::string wrapper;   // around what an answer of the query protocol says
};

enum class Protocol : std::uint8_t { Ec2, Query, Json };

class ServiceModel {
public:
    // Errors: it is no model, or of a protocol that we do not speak.
    static base::Result<std::unique_ptr<ServiceModel>> read(std::string_view text);

    std::string service;
    std::string version;
    std::string endpoint_prefix;
    std::string signing_name;
    std::string target_prefix;
    std::string json_version;
    Protocol protocol = Protocol::Query;

    // Null: there is none of that name.
    const Operation* operation(std::string_view name) const;

private:
    base::Result<void> read_shapes(const json::Value& document);
    base::Result<void> read_operations(const json::Value& document);
    base::Result<ShapeUse> use_of(const json::Value& told, std::string member) const;

    std::map<std::string, Shape, std::less<>> shapes_;
    std::map<std::string, Operation, std::less<>> operations_;
};

// One of those that are part of the program, read when it is first asked for. It has to be there.
const ServiceModel& service_model(std::string_view service);

}
