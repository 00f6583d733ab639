#include "upcloud_subjects.hpp"

#include "providers/upcloud/provider.hpp"

namespace conformance::upcloud {

std::string first_of(const SharedUpcloud& world, const Place& place) {
    const json::Array items = world->list(place.path, place.list);
    return items.empty() ? "none" : std::string(items.front().string_or(place.id, ""));
}

json::Value wrap(const Place& place, Json members) {
    return place.one.empty() ? json::Value(std::move(members))
                             : json::Value(Json{{place.one, std::move(members)}});
}

Subject subject_of(const SharedUpcloud& world, const Place& place) {
    Subject subject;
    subject.name = place.type;
    subject.type = providers::upcloud::provider().schema().find(place.type);
    subject.connect = world->connect();
    subject.is_outside_process = true;
    subject.count = [world, place] {
        return static_cast<int>(world->list(place.path, place.list).size());
    };
    subject.remove_outside = [world, place] {
        world->ask("DELETE", place.path + "/" + first_of(world, place));
    };
    subject.faults.lose_answer = [world, place](Loss loss) {
        world->lose(loss, "^/1.3" + place.path + "$");
    };
    subject.faults.deliver = [world] { world->deliver(); };
    subject.faults.throttle = [world] {
        world->fault(Json{{"kind", "status"}, {"status", 429}, {"times", 2}});
    };
    subject.faults.connect_with_wrong_credentials = world->connect_as("nonsense", {});
    subject.faults.connect_to_another_account =
        world->connect_as("ucat_" + std::string(26, 'b'), "another account");
    subject.faults.add_unknown_field = [world] { world->add_unknown_field(); };
    return subject;
}

void by_hand(Subject& subject, const SharedUpcloud& world, const Place& place, const Json& made,
             const char* update, const Json& changed) {
    subject.make_by_hand = [world, place, made] {
        const json::Value answer = world->ask("POST", place.path, wrap(place, made));
        const json::Value* object = place.one.empty() ? &answer : answer.find(place.one);
        return object != nullptr ? std::string(object->string_or(place.id, "")) : std::string();
    };
    subject.change_outside = [world, place, update, changed] {
        world->ask(update, place.path + "/" + first_of(world, place), wrap(place, changed));
    };
}

Removal taken_away(const SharedUpcloud& world, const Place& place, const char* update,
                   const char* input, Value value, const Json& body) {
    return {.input = input, .value = std::move(value), .outside = [world, place, update, body] {
                world->ask(update, place.path + "/" + first_of(world, place), wrap(place, body));
            }};
}

Value with(Value inputs, std::string_view name, Value value) {
    inputs.set(name, std::move(value));
    return inputs;
}

std::string made_id(const json::Value& answer, const char* one) {
    const json::Value* object = answer.find(one);
    return object != nullptr ? std::string(object->string_or("uuid", "")) : std::string();
}

}
