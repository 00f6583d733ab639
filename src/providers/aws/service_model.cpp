#include "providers/aws/service_model.hpp"

#include "base/check.hpp"
#include "base/guarded.hpp"
#include "embedded/providers.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <memory>

namespace providers::aws {
namespace {

constexpr std::pair<std::string_view, Shape::Kind> kKinds[] = {
    {"string", Shape::Kind::String},   {"character", Shape::Kind::String},
    {"integer", Shape::Kind::Integer}, {"long", Shape::Kind::Integer},
    {"float", Shape::Kind::Float},     {"double", Shape::Kind::Float},
    {"boolean", Shape::Kind::Boolean}, {"timestamp", Shape::Kind::Timestamp},
    {"blob", Shape::Kind::Blob},       {"list", Shape::Kind::List},
    {"map", Shape::Kind::Map},         {"structure", Shape::Kind::Structure}};

constexpr std::pair<std::string_view, Protocol> kProtocols[] = {{"ec2", Protocol::Ec2},
                                                                {"query", Protocol::Query},
                                                                {"json", Protocol::Json}};

base::Result<Shape::Kind> kind_of(std::string_view name) {
    for (const auto& [known, kind] : kKinds) {
        if (known == name) return kind;
    }
    return base::invalid_argument(fmt::format("a shape of the kind \"{}\"", name));
}

// Uses of scalars name no shape: one of each kind is enough.
const Shape* scalar(Shape::Kind kind) {
    static const std::vector<Shape> kAll = [] {
        std::vector<Shape> out;
        for (const auto& [name, each] : kKinds) {
            out.emplace_back().kind = each;
        }
        return out;
    }();
    return &*std::ranges::find(kAll, kind, &Shape::kind);
}

std::vector<std::string> texts_in(const json::Value* list) {
    std::vector<std::string> out;
    if (list == nullptr || !list->is_array()) return out;
    for (const json::Value& one : *list->as_array()) {
        if (const std::string* text = one.as_string()) out.push_back(*text);
    }
    return out;
}

const json::Value& member_of(const json::Value& object, std::string_view name) {
    static const json::Value kNone;
    const json::Value* found = object.find(name);
    return found != nullptr ? *found : kNone;
}

}

const ShapeUse* Shape::member(std::string_view name) const {
    for (const ShapeUse& one : members) {
        if (one.member == name) return &one;
    }
    return nullptr;
}

base::Result<ShapeUse> ServiceModel::use_of(const json::Value& told, std::string member) const {
    ShapeUse out;
    out.member = std::move(member);
    if (const std::string_view name = told.string_or("shape", ""); !name.empty()) {
        const auto found = shapes_.find(name);
        if (found == shapes_.end()) {
            return base::invalid_argument(fmt::format("there is no shape \"{}\"", name));
        }
        out.shape = &found->second;
    } else {
        out.shape = scalar(TRY(kind_of(told.string_or("type", ""))));
    }
    out.wire = told.string_or("name", "");
    out.query = told.string_or("query", "");
    out.format = told.string_or("format", "");
    out.is_flattened = told.bool_or("flattened", out.shape->is_flattened);
    out.is_token = told.bool_or("token", false);
    out.least = told.int64_or("min", 0);
    out.most = told.int64_or("max", 0);
    out.values = texts_in(told.find("enum"));
    return out;
}

base::Result<void> ServiceModel::read_shapes(const json::Value& document) {
    const json::Object* told = member_of(document, "shapes").as_object();
    if (told == nullptr) return base::invalid_argument("a model without shapes");
    // All names first: shapes may contain themselves.
    for (const json::Member& one : *told) {
        Shape& shape = shapes_[one.key];
        shape.kind = TRY(kind_of(one.value.string_or("type", "")));
        shape.is_flattened = one.value.bool_or("flattened", false);
        shape.required = texts_in(one.value.find("required"));
    }
    for (const json::Member& one : *told) {
        Shape& shape = shapes_.find(one.key)->second;
        if (const json::Object* members = member_of(one.value, "members").as_object()) {
            for (const json::Member& member : *members) {
                shape.members.push_back(TRY(use_of(member.value, member.key)));
            }
        }
        if (shape.kind == Shape::Kind::List) {
            shape.item = TRY(use_of(member_of(one.value, "member"), ""));
        } else if (shape.kind == Shape::Kind::Map) {
            shape.key = TRY(use_of(member_of(one.value, "key"), ""));
            shape.item = TRY(use_of(member_of(one.value, "value"), ""));
        }
    }
    return {};
}

base::Result<void> ServiceModel::read_operations(const json::Value& document) {
    const json::Object* told = member_of(document, "operations").as_object();
    if (told == nullptr) return base::invalid_argument("a model without operations");
    const auto shape_of = [&](const json::Value& operation,
                              std::string_view side) -> base::Result<const Shape*> {
        const std::string_view name = operation.string_or(side, "");
        if (name.empty()) return nullptr;
        const auto found = shapes_.find(name);
        if (found != shapes_.end()) return &found->second;
        return base::invalid_argument(fmt::format("there is no shape \"{}\"", name));
    };
    for (const json::Member& one : *told) {
        Operation& operation = operations_[one.key];
        operation.name = one.key;
        operation.method = one.value.string_or("method", "POST");
        operation.uri = one.value.string_or("uri", "/");
        operation.wrapper = one.value.string_or("wrapper", "");
        operation.input = TRY(shape_of(one.value, "input"));
        operation.output = TRY(shape_of(one.value, "output"));
    }
    return {};
}

base::Result<std::unique_ptr<ServiceModel>> ServiceModel::read(std::string_view text) {
    const json::Value document = TRY(json::parse(text));
    auto out = std::make_unique<ServiceModel>();
    out->service = document.string_or("service", "");
    out->version = document.string_or("version", "");
    out->endpoint_prefix = document.string_or("endpoint_prefix", "");
    out->signing_name = document.string_or("signing_name", out->endpoint_prefix);
    out->target_prefix = document.string_or("target_prefix", "");
    out->json_version = document.string_or("json_version", "1.0");
    const std::string_view protocol = document.string_or("protocol", "");
    const auto* known = std::ranges::find(kProtocols, protocol, [](auto one) { return one.first; });
    if (known == std::end(kProtocols)) {
        return base::invalid_argument(fmt::format("the protocol \"{}\"", protocol));
    }
    out->protocol = known->second;
    TRY(out->read_shapes(document));
    TRY(out->read_operations(document));
    return out;
}

const Operation* ServiceModel::operation(std::string_view name) const {
    const auto found = operations_.find(name);
    return found != operations_.end() ? &found->second : nullptr;
}

const ServiceModel& service_model(std::string_view service) {
    static constexpr std::pair<std::string_view, const std::string_view&> kTexts[] = {
        {"ec2", embedded::ec2_model}, {"sqs", embedded::sqs_model}, {"sts", embedded::sts_model}};
    // Never destroyed: threads that still end a request at exit would find it gone.
    static auto* const kRead =
        new base::Guarded<std::map<std::string, std::unique_ptr<ServiceModel>, std::less<>>>();
    return kRead->with([&](auto& read) -> const ServiceModel& {
        const auto known = read.find(service);
        if (known != read.end()) return *known->second;
        const auto* text =
            std::ranges::find(kTexts, service, [](const auto& one) { return one.first; });
        CHECK(text != std::end(kTexts));
        auto model = ServiceModel::read(text->second);
        CHECK(model.ok());
        return *read.emplace(service, std::move(*model)).first->second;
    });
}

}
