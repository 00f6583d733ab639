#include "providers/extension/answer.hpp"

#include "providers/rest/wire.hpp"
#include "json/value.hpp"

#include <fmt/core.h>

#include <array>
#include <utility>

namespace providers::extension {
namespace {

base::Error corrupt(std::string what) { return base::Error(base::Code::DataLoss, std::move(what)); }

// Kinds of refusals, by what the engine is to make of them.
constexpr std::array<std::pair<std::string_view, base::Code>, 7> kRefusals{{
    {"invalid", base::Code::InvalidArgument},
    {"denied", base::Code::PermissionDenied},
    {"unauthenticated", base::Code::Unauthenticated},
    {"exists", base::Code::AlreadyExists},
    {"conflict", base::Code::Conflict},
    {"exhausted", base::Code::Exhausted},
    {"unavailable", base::Code::Unavailable},
}};

base::Result<Answer> refusal(const json::Value& from) {
    Answer out{.kind = Answer::Kind::Refused};
    out.reason = from.string_or("message", "");
    if (out.reason.empty()) return corrupt("its `error` has no `message`");
    // A kind that is not known stays FailedPrecondition: a newer program may know more kinds than
    // we do.
    out.help = from.string_or("help", "");
    const std::string_view kind = from.string_or("kind", "");
    for (const auto& [name, code] : kRefusals) {
        if (name == kind) out.code = code;
    }
    return out;
}

base::Result<Thing> thing_of(const json::Value& from) {
    Thing out;
    // The key may be said apart, for things whose key is no field that the program repeats. A
    // whole number is taken as its digits, as ids of most APIs are numbers.
    if (const json::Value* key = from.find("key")) {
        out.key = rest::id_text(key);
        if (out.key.empty()) return corrupt("its `key` is neither a text nor a whole number");
    }
    for (const auto& [name, field] :
         {std::pair{"inputs", &out.inputs}, std::pair{"outputs", &out.outputs}}) {
        const json::Value* member = from.find(name);
        if (member == nullptr) continue;
        if (!member->is_object()) return corrupt(fmt::format("its `{}` is no object", name));
        *field = rest::from_json(*member);
    }
    if (out.outputs.is_null()) out.outputs = value::Value::Record{};
    return out;
}

base::Result<Answer> list_of(const json::Value& items, const json::Value& document) {
    Answer out{.kind = Answer::Kind::Listed};
    const json::Array* all = items.as_array();
    if (all == nullptr) return corrupt("its `items` is no array");
    for (const json::Value& item : *all) {
        if (!item.is_object()) return corrupt("one of its `items` is no object");
        out.items.push_back(TRY(thing_of(item)));
    }
    out.next = document.string_or("next", "");
    return out;
}

}

base::Result<Answer> parse_answer(std::string_view text) {
    if (text.size() > kMaxAnswer) {
        return base::Error(base::Code::Exhausted,
                           fmt::format("it is longer than {} MiB", kMaxAnswer >> 20U));
    }
    auto document = json::parse(text);
    if (!document.ok()) return corrupt("it is no JSON document: " + document.error().text());
    if (!document->is_object()) return corrupt("it is no JSON object");
    // What can be told apart comes first, and the order decides for an answer that says two
    // things: an `error` beside an `outputs` is an error. Taking it for a success would record
    // something that may not be there.
    if (const json::Value* error = document->find("error")) return refusal(*error);
    if (const json::Value* items = document->find("items")) return list_of(*items, *document);
    if (document->bool_or("absent", false)) return Answer{.kind = Answer::Kind::Absent};
    for (const auto& [name, kind] :
         {std::pair{"running", Answer::Kind::Running}, std::pair{"foreign", Answer::Kind::Foreign},
          std::pair{"unsure", Answer::Kind::Unsure}}) {
        const json::Value* member = document->find(name);
        if (member == nullptr) continue;
        const std::string* said = member->as_string();
        if (said == nullptr || said->empty()) {
            return corrupt(fmt::format("its `{}` is no text", name));
        }
        Answer out{.kind = kind};
        (kind == Answer::Kind::Running ? out.handle : out.reason) = *said;
        return out;
    }
    // `{}` alone is Nothing, which only a delete may answer. An object with members that mean
    // nothing to us is Nothing as well; the caller, who knows what was asked, then says that it is
    // out of place.
    Answer out;
    const bool tells = document->find("key") != nullptr || document->find("inputs") != nullptr ||
                       document->find("outputs") != nullptr;
    if (!tells) return out;
    out.kind = Answer::Kind::Exists;
    out.thing = TRY(thing_of(*document));
    return out;
}

}
