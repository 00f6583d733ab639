#include "providers/rest/references.hpp"

#include "providers/rest/known_objects.hpp"
#include "providers/rest/rest_type.hpp"
#include "providers/rest/wire.hpp"

#include <fmt/core.h>

#include <set>

namespace providers::rest {
namespace {

using provider::PlannedAction;
using value::Value;

// What is named there; of a text, whether it may be a name.
std::set<std::pair<std::string, bool>> named_at(const Value& inputs, const std::string& path) {
    std::set<std::pair<std::string, bool>> out;
    visit_at(inputs, path, [&](const Value& one) {
        std::string text = id_text(&one);
        if (!text.empty()) out.emplace(std::move(text), one.as_string() != nullptr);
    });
    return out;
}

class Look {
public:
    Look(const ConnectionContext& connection, const CallScope& scope, const RestType& type)
        : connection_(connection), scope_(scope), type_(type) {}

    base::Result<bool> has_id(const std::string& id) const {
        if (!type_.is_key(id)) return false;
        if (connection_.known->has(type_.collection, id)) return true;
        Call call;
        call.path = type_.path_of(id);
        call.what = fmt::format("looking for the {} {}", type_.noun, id);
        auto answer = connection_.api->send(call, scope_);
        if (!answer.ok()) {
            if (is_absent(answer.error())) return false;
            return std::move(answer).error();
        }
        connection_.known->add(type_.collection, id);
        return true;
    }

    // Of a service that cannot ask by name, nothing is known.
    base::Result<bool> has_name(const std::string& name) const {
        const auto query = connection_.conventions->name_query;
        const std::string key = "name " + name;
        if (query == nullptr || connection_.known->has(type_.collection, key)) return true;
        Call call;
        call.path = with_query(type_.listing(), query(name));
        call.what = fmt::format("looking for the {} \"{}\"", type_.noun, name);
        const Answer answer = TRY(connection_.api->send(call, scope_));
        const json::Value* items = at_path(answer.body, type_.envelopes.list);
        if (items == nullptr || !items->is_array()) return true;
        for (const json::Value& item : *items->as_array()) {
            if (item.string_or("name", "") != name) continue;
            connection_.known->add(type_.collection, key);
            return true;
        }
        return false;
    }

private:
    const ConnectionContext& connection_;
    const CallScope& scope_;
    const RestType& type_;
};

}

void visit_at(const Value& value, std::string_view path,
              const std::function<void(const Value&)>& visit) {
    if (value.is_unknown()) return visit(value);
    if (const Value::Array* items = value.as_array()) {
        for (const Value& item : *items) visit_at(item, path, visit);
        return;
    }
    if (path.empty()) return visit(value);
    const std::size_t dot = path.find('.');
    const Value* member = value.find(path.substr(0, dot));
    if (member == nullptr) return;
    visit_at(*member, dot == std::string_view::npos ? "" : path.substr(dot + 1), visit);
}

base::Result<void> check_references(const ConnectionContext& connection,
                                    const TypeDescription& description,
                                    const provider::Change& change,
                                    provider::PlannedChange& planned, const CallScope& scope) {
    if (planned.action == PlannedAction::None) return {};
    const bool is_kept = change.prior.has_value() && (planned.action == PlannedAction::Update ||
                                                      planned.action == PlannedAction::MayReplace);
    for (const Reference& reference : description.references) {
        auto named = named_at(change.inputs, reference.path);
        // What it has already the platform took once; what is made anew it has to take again.
        if (is_kept) {
            for (const Value* before : {&change.prior->inputs, &change.recorded_inputs}) {
                for (const auto& one : named_at(*before, reference.path)) named.erase(one);
            }
        }
        const RestType& type = reference.to();
        const Look look(connection, scope, type);
        const std::string input = reference.path.substr(0, reference.path.find('.'));
        for (const auto& [text, is_text] : named) {
            const bool may_be_name = reference.by_name && is_text;
            if (may_be_name && TRY(look.has_name(text))) continue;
            if (TRY(look.has_id(text))) continue;
            std::string message =
                may_be_name ? fmt::format("`{}`: there is no {} \"{}\"", input, type.noun, text)
                            : fmt::format("`{}`: there is no {} {}", input, type.noun, text);
            if (!may_be_name) return about(input, base::invalid_argument(std::move(message)));
            planned.missing.push_back({.input = input,
                                       .type = type.schema.name,
                                       .name = text,
                                       .message = std::move(message)});
        }
    }
    return {};
}

}
