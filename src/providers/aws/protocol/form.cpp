#include "net/http/url.hpp"
#include "providers/aws/protocol/protocol.hpp"

#include <fmt/core.h>

// Requests of the protocols `query` and `ec2`: forms, in which nested documents are flat names.
namespace providers::aws {
namespace {

std::string capitalized(std::string text) {
    if (!text.empty() && text[0] >= 'a' && text[0] <= 'z') text[0] -= 'a' - 'A';
    return text;
}

class Form {
public:
    explicit Form(Protocol protocol) : is_ec2_(protocol == Protocol::Ec2) {}

    void field(std::string_view name, std::string_view value) {
        if (!text_.empty()) text_ += '&';
        text_ += net::percent_encode(name);
        text_ += '=';
        text_ += net::percent_encode(value);
    }

    base::Result<void> add(const std::string& name, const json::Value& value, const ShapeUse& use) {
        const Shape& shape = *use.shape;
        if (shape.kind == Shape::Kind::Structure) return structure(name, value, shape);
        if (shape.kind == Shape::Kind::List) return list(name, value, use);
        if (shape.kind == Shape::Kind::Map) return map(name, value, use);
        field(name, TRY(scalar_text(value, use, name)));
        return {};
    }

    base::Result<void> structure(const std::string& name, const json::Value& value,
                                 const Shape& shape) {
        TRY(check_members(value, shape, name));
        for (const json::Member& member : *value.as_object()) {
            const ShapeUse& use = *shape.member(member.key);
            TRY(add(name.empty() ? name_of(use) : name + "." + name_of(use), member.value, use));
        }
        return {};
    }

    std::string take() { return std::move(text_); }

private:
    std::string name_of(const ShapeUse& use) const {
        if (!is_ec2_) return use.wire_name();
        return use.query.empty() ? capitalized(use.wire_name()) : use.query;
    }

    base::Result<void> list(std::string name, const json::Value& value, const ShapeUse& use) {
        const json::Array* items = value.as_array();
        if (items == nullptr) return base::invalid_argument(fmt::format("`{}` is no list", name));
        const ShapeUse& item = use.shape->item;
        if (!is_ec2_ && items->empty()) field(name, "");
        if (!is_ec2_ && !use.is_flattened) {
            name += "." + (item.wire.empty() ? std::string("member") : item.wire);
        } else if (!is_ec2_ && !item.wire.empty()) {
            const std::size_t dot = name.rfind('.');
            name = (dot == std::string::npos ? "" : name.substr(0, dot + 1)) + item.wire;
        }
        for (std::size_t i = 0; i < items->size(); ++i) {
            TRY(add(fmt::format("{}.{}", name, i + 1), (*items)[i], item));
        }
        return {};
    }

    base::Result<void> map(const std::string& name, const json::Value& value, const ShapeUse& use) {
        const json::Object* members = value.as_object();
        if (members == nullptr) return base::invalid_argument(fmt::format("`{}` is no map", name));
        const auto named = [](const ShapeUse& one, const char* otherwise) {
            return one.wire.empty() ? std::string(otherwise) : one.wire;
        };
        std::size_t i = 0;
        for (const json::Member& member : *members) {
            const std::string entry =
                fmt::format("{}{}.{}", name, use.is_flattened ? "" : ".entry", ++i);
            field(entry + "." + named(use.shape->key, "key"), member.key);
            TRY(add(entry + "." + named(use.shape->item, "value"), member.value, use.shape->item));
        }
        return {};
    }

    bool is_ec2_;
    std::string text_;
};

}

base::Result<std::string> encode_form(const ServiceModel& model, const Operation& operation,
                                      const json::Value& parameters) {
    Form form(model.protocol);
    form.field("Action", operation.name);
    form.field("Version", model.version);
    if (operation.input != nullptr) TRY(form.structure("", parameters, *operation.input));
    return form.take();
}

}
