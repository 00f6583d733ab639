#include "base/base64.hpp"
#include "providers/aws/protocol/protocol.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <charconv>

// Documents by their shapes.
namespace providers::aws {
namespace {

base::Error of_another_kind(const std::string& where, const char* wanted) {
    return base::invalid_argument(fmt::format("`{}` is no {}", where, wanted));
}

json::Value from_text(const std::string& text, Shape::Kind kind) {
    switch (kind) {
        case Shape::Kind::Boolean: return text == "true";
        case Shape::Kind::Integer: {
            std::int64_t number = 0;
            const char* const last = text.data() + text.size();
            const auto read = std::from_chars(text.data(), last, number);
            if (read.ec == std::errc() && read.ptr == last) return number;
            return nullptr;
        }
        default: return text;
    }
}

base::Result<json::Value> list_from_xml(const XmlElement& element, const ShapeUse& use) {
    json::Array out;
    for (const XmlElement& child : element.children) {
        out.push_back(TRY(from_xml(child, use.shape->item)));
    }
    return json::Value(std::move(out));
}

base::Result<json::Value> map_from_xml(const XmlElement& element, const Shape& shape) {
    json::Object out;
    for (const XmlElement& entry : element.children) {
        const XmlElement* value = entry.child(shape.item.wire.empty() ? "value" : shape.item.wire);
        if (value == nullptr) continue;
        std::string key(entry.text_of(shape.key.wire.empty() ? "key" : shape.key.wire));
        out.set(std::move(key), TRY(from_xml(*value, shape.item)));
    }
    return json::Value(std::move(out));
}

base::Result<json::Value> structure_from_xml(const XmlElement& element, const Shape& shape) {
    json::Object out;
    for (const ShapeUse& use : shape.members) {
        const std::string& name = use.wire_name();
        const bool is_list = use.shape->kind == Shape::Kind::List;
        if (is_list && use.is_flattened) {
            // The items stand among the members, under the list's name or their own.
            const std::string& own = use.shape->item.wire.empty() ? name : use.shape->item.wire;
            json::Array items;
            for (const XmlElement& child : element.children) {
                if (child.name == own) items.push_back(TRY(from_xml(child, use.shape->item)));
            }
            if (!items.empty()) out.set(use.member, std::move(items));
            continue;
        }
        const XmlElement* child = element.child(name);
        if (child != nullptr) out.set(use.member, TRY(from_xml(*child, use)));
    }
    return json::Value(std::move(out));
}

}

base::Result<json::Value> from_xml(const XmlElement& element, const ShapeUse& use) {
    switch (use.shape->kind) {
        case Shape::Kind::Structure: return structure_from_xml(element, *use.shape);
        case Shape::Kind::List: return list_from_xml(element, use);
        case Shape::Kind::Map: return map_from_xml(element, *use.shape);
        default: return from_text(element.text, use.shape->kind);
    }
}

base::Result<void> check_members(const json::Value& value, const Shape& shape,
                                 const std::string& where) {
    const json::Object* object = value.as_object();
    if (object == nullptr) return of_another_kind(where, "document");
    for (const json::Member& member : *object) {
        if (shape.member(member.key) != nullptr) continue;
        return base::invalid_argument(fmt::format("`{}` has no member `{}`", where, member.key));
    }
    for (const std::string& name : shape.required) {
        if (object->find(name) != nullptr) continue;
        return base::invalid_argument(fmt::format("`{}` has no `{}`", where, name));
    }
    return {};
}

base::Result<std::string> scalar_text(const json::Value& value, const ShapeUse& use,
                                      const std::string& where) {
    switch (use.shape->kind) {
        case Shape::Kind::Boolean:
            if (const bool* flag = value.as_bool()) return std::string(*flag ? "true" : "false");
            return of_another_kind(where, "Bool");
        case Shape::Kind::Integer:
        case Shape::Kind::Float:
            if (auto text = value.number_text()) return std::move(*text);
            return of_another_kind(where, "number");
        case Shape::Kind::Blob:
            if (const std::string* text = value.as_string()) return base::encode_base64(*text);
            return of_another_kind(where, "text");
        default:
            if (const std::string* text = value.as_string()) return *text;
            return of_another_kind(where, "text");
    }
}

base::Result<json::Value> to_wire_json(const json::Value& value, const ShapeUse& use,
                                       const std::string& where) {
    const Shape& shape = *use.shape;
    if (shape.kind == Shape::Kind::Structure) {
        TRY(check_members(value, shape, where));
        json::Object out;
        for (const json::Member& member : *value.as_object()) {
            const ShapeUse& of = *shape.member(member.key);
            out.set(of.wire_name(), TRY(to_wire_json(member.value, of, where + "." + of.member)));
        }
        return json::Value(std::move(out));
    }
    if (shape.kind == Shape::Kind::List) {
        if (!value.is_array()) return of_another_kind(where, "list");
        json::Array out;
        for (const json::Value& item : *value.as_array()) {
            out.push_back(TRY(to_wire_json(item, shape.item, where)));
        }
        return json::Value(std::move(out));
    }
    if (shape.kind == Shape::Kind::Map) {
        if (!value.is_object()) return of_another_kind(where, "map");
        json::Object out;
        for (const json::Member& member : *value.as_object()) {
            out.set(member.key, TRY(to_wire_json(member.value, shape.item, where)));
        }
        return json::Value(std::move(out));
    }
    const std::string text = TRY(scalar_text(value, use, where));
    return shape.kind == Shape::Kind::Blob ? json::Value(text) : value;
}

}
