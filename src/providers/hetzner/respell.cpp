#include "providers/hetzner/respell.hpp"

#include "base/clock.hpp"
#include "providers/hetzner/each_item.hpp"
#include "providers/hetzner/server.hpp"
#include "providers/rest/wire.hpp"

#include <map>
#include <set>

namespace providers::hetzner {
namespace {

using rest::field_of;
using value::Value;

constexpr const char* kKeys = "ssh_keys";
constexpr const char* kImage = "image";

base::Result<void> respell_keys(const rest::Api& api, provider::Change& change,
                                const rest::CallTime& time) {
    const Value& wanted = field_of(change.inputs, kKeys);
    const Value& before = field_of(change.recorded_inputs, kKeys);
    const Value::Array* a = wanted.as_array();
    const Value::Array* b = before.as_array();
    const bool may_be_same = a != nullptr && b != nullptr && a->size() == b->size() &&
                             !wanted.has_unknown() && !wanted.same_as(before);
    if (!may_be_same) return {};
    if (are_same_ids(wanted, before)) {
        change.recorded_inputs.set(kKeys, wanted);
        return {};
    }
    std::map<std::string, std::string> ids;   // by name
    TRY(each_item(api, time, "ssh_keys", "", [&](const json::Value& key) {
        ids.emplace(key.string_or("name", ""), rest::id_text(key.find("id")));
    }));
    const auto ids_of = [&](const Value::Array& keys) {
        std::multiset<std::string> out;
        for (const Value& key : keys) {
            const std::string text = rest::id_text(&key);
            const auto named = ids.find(text);
            out.insert(named != ids.end() ? named->second : text);
        }
        return out;
    };
    if (ids_of(*a) == ids_of(*b)) change.recorded_inputs.set(kKeys, wanted);
    return {};
}

bool is_id(const std::string& image) {
    return !image.empty() && image.find_first_not_of("0123456789") == std::string::npos;
}

base::Result<void> respell_image(const rest::Api& api, provider::Change& change,
                                 const rest::CallTime& time) {
    const std::string wanted = rest::text_of(change.inputs, kImage);
    const std::string seen = rest::text_of(change.prior->inputs, kImage);
    // Both by name, or both by id: no other spelling.
    if (wanted == seen || is_id(wanted) == is_id(seen) || wanted.empty() || seen.empty()) return {};
    const std::string& id = is_id(wanted) ? wanted : seen;
    const std::string& name = is_id(wanted) ? seen : wanted;
    rest::Call call;
    call.path = "/images/" + id;
    call.what = "looking for the image " + id;
    auto answer = api.send(call, time.left());
    if (!answer.ok()) {
        if (rest::is_absent(answer.error())) return {};
        return std::move(answer).error();
    }
    const json::Value* image = answer->body.find("image");
    if (image == nullptr || image->string_or("name", "") != name) return {};
    if (rest::text_of(change.recorded_inputs, kImage) == seen)
        change.recorded_inputs.set(kImage, Value(wanted));
    change.prior->inputs.set(kImage, Value(wanted));
    return {};
}

}

base::Result<void> respell(const rest::Api& api, provider::Change& change,
                           const rest::CallScope& scope) {
    if (!change.prior || change.type.name != "hetzner.Server") return {};
    const rest::CallTime time(base::system_clock(), scope);
    TRY(respell_keys(api, change, time));
    return respell_image(api, change, time);
}

}
