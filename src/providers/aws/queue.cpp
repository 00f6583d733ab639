#include "embedded/providers.hpp"
#include "providers/aws/formats.hpp"
#include "providers/aws/types.hpp"
#include "providers/rest/describe.hpp"
#include "providers/rest/tags.hpp"
#include "providers/rest/wire.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <cctype>
#include <charconv>

// Queues are known by their names. The service takes and shows their attributes as texts.
namespace providers::aws {
namespace {

using namespace rest;
using value::Value;

constexpr std::string_view kFifo = ".fifo";
constexpr std::int64_t kPage = 1000;

// As the kit sees tags, and as the service tells them.
const Tagging& as_list() {
    static const Tagging kList{.form = Tagging::Form::List,
                               .member = "Tags",
                               .input = "tags",
                               .key = "Key",
                               .value = "Value"};
    return kList;
}
const Tagging& as_map() {
    static const Tagging kMap{.form = Tagging::Form::Map, .member = "Tags"};
    return kMap;
}

base::Result<std::string> url_of(const std::string& name, const OwnCalls::Invoke& invoke) {
    const json::Value answer = TRY(invoke("GetQueueUrl", {{"QueueName", name}}));
    return std::string(answer.string_or("QueueUrl", ""));
}

// "5" and "true" as what they are; the rest are texts.
json::Value attribute_from(const std::string& text) {
    if (text == "true" || text == "false") return text == "true";
    std::int64_t number = 0;
    const char* const last = text.data() + text.size();
    const auto read = std::from_chars(text.data(), last, number);
    return read.ec == std::errc() && read.ptr == last ? json::Value(number) : json::Value(text);
}

json::Object attributes_to_text(const json::Value& body) {
    json::Object out;
    const json::Value* attributes = body.find("Attributes");
    if (attributes == nullptr || !attributes->is_object()) return out;
    for (const json::Member& one : *attributes->as_object()) {
        std::string text;   // an empty one takes an attribute away
        if (const std::string* given = one.value.as_string()) {
            text = *given;
        } else if (!one.value.is_null()) {
            text = json::to_text(one.value);
        }
        out.set(one.key, std::move(text));
    }
    return out;
}

json::Object tags_to_map(const Labels& tags) {
    json::Object out;
    for (const auto& [name, text] : tags) out.set(name, text);
    return out;
}

base::Result<json::Value> read(const std::string& name, const OwnCalls::Invoke& invoke) {
    const std::string url = TRY(url_of(name, invoke));
    const json::Value told = TRY(
        invoke("GetQueueAttributes", {{"QueueUrl", url}, {"AttributeNames", json::Array{"All"}}}));
    const json::Value tags = TRY(invoke("ListQueueTags", {{"QueueUrl", url}}));
    json::Object attributes;
    if (const json::Value* all = told.find("Attributes"); all != nullptr && all->is_object()) {
        for (const json::Member& one : *all->as_object()) {
            const std::string* text = one.value.as_string();
            if (text != nullptr) attributes.set(one.key, attribute_from(*text));
        }
    }
    const Labels labels = labels_of(as_map(), tags);
    return json::Value(json::Object{{"Name", name},
                                    {"QueueUrl", url},
                                    {"Attributes", std::move(attributes)},
                                    {"Tags", labels_to_json(as_list(), labels)}});
}

base::Result<json::Value> list(const std::string& page, const OwnCalls::Invoke& invoke) {
    json::Object parameters{{"MaxResults", kPage}};
    if (!page.empty()) parameters.set("NextToken", page);
    const json::Value answer = TRY(invoke("ListQueues", std::move(parameters)));
    json::Array items;
    if (const json::Value* urls = answer.find("QueueUrls"); urls != nullptr && urls->is_array()) {
        for (const json::Value& url : *urls->as_array()) {
            const std::string* text = url.as_string();
            if (text == nullptr) continue;
            items.push_back(json::Object{{"Name", text->substr(text->rfind('/') + 1)}});
        }
    }
    json::Object out{{"items", std::move(items)}};
    if (const json::Value* next = answer.find("NextToken")) out.set("next", *next);
    return json::Value(std::move(out));
}

// CreateQueue answers well where there is one already that has the same attributes. That is
// somebody's: so it is looked for first.
base::Result<void> create(const json::Value& body, const OwnCalls::Invoke& invoke) {
    const std::string name(body.string_or("Name", ""));
    auto there = url_of(name, invoke);
    if (there.ok()) {
        return without_effect(base::Error(base::Code::AlreadyExists,
                                          fmt::format("there is a queue \"{}\" already", name)));
    }
    if (!is_absent(there.error())) return std::move(there).error();
    json::Object parameters{{"QueueName", name}, {"tags", tags_to_map(labels_of(as_list(), body))}};
    json::Object attributes = attributes_to_text(body);
    // A queue that is not of this kind may not even say so.
    if (const json::Value* fifo = attributes.find("FifoQueue");
        fifo != nullptr && *fifo == json::Value("false")) {
        attributes.remove("FifoQueue");
    }
    if (!attributes.empty()) parameters.set("Attributes", std::move(attributes));
    TRY(invoke("CreateQueue", std::move(parameters)));
    return {};
}

base::Result<void> update_tags(const std::string& url, const Labels& wanted,
                               const OwnCalls::Invoke& invoke) {
    const json::Value tags = TRY(invoke("ListQueueTags", {{"QueueUrl", url}}));
    json::Array gone;
    for (const auto& [name, text] : labels_of(as_map(), tags)) {
        if (!wanted.contains(name) && !name.starts_with("aws:")) gone.emplace_back(name);
    }
    TRY(invoke("TagQueue", {{"QueueUrl", url}, {"Tags", tags_to_map(wanted)}}));
    if (gone.empty()) return {};
    auto removed = invoke("UntagQueue", {{"QueueUrl", url}, {"TagKeys", std::move(gone)}});
    if (!removed.ok()) return after_effect(std::move(removed).error());
    return {};
}

base::Result<void> update(const std::string& name, const json::Value& body,
                          const OwnCalls::Invoke& invoke) {
    const std::string url = TRY(url_of(name, invoke));
    json::Object attributes = attributes_to_text(body);
    const bool has_attributes = !attributes.empty();
    if (has_attributes) {
        TRY(invoke("SetQueueAttributes",
                   {{"QueueUrl", url}, {"Attributes", std::move(attributes)}}));
    }
    if (body.find("Tags") == nullptr) return {};
    auto tagged = update_tags(url, labels_of(as_list(), body), invoke);
    if (tagged.ok() || !has_attributes) return tagged;
    return after_effect(std::move(tagged).error());
}

base::Result<void> remove(const std::string& name, const OwnCalls::Invoke& invoke) {
    const std::string url = TRY(url_of(name, invoke));
    TRY(invoke("DeleteQueue", {{"QueueUrl", url}}));
    return {};
}

bool are_same_documents(const Value& wanted, const Value& shown) {
    const std::string* a = wanted.as_string();
    const std::string* b = shown.as_string();
    if (a == nullptr || b == nullptr) return wanted.same_as(shown);
    const auto left = json::parse(*a);
    const auto right = json::parse(*b);
    return left.ok() && right.ok() ? *left == *right : *a == *b;
}

base::Result<void> check_document(const Value& inputs, std::string_view input) {
    const std::string& text = text_of(inputs, input);
    if (text.empty() || json::parse(text).ok()) return {};
    return wrong(input, fmt::format("`{}` is no JSON", input),
                 "write it as `std.serialize 'Json { … }`");
}

base::Result<void> validate(const Value& inputs) {
    const std::string& name = text_of(inputs, "name");
    const bool is_fifo = flag_of(inputs, "fifo");
    const bool is_named_fifo = name.ends_with(kFifo);
    std::string_view plain = name;
    if (is_named_fifo) plain.remove_suffix(kFifo.size());
    constexpr std::size_t kLongest = 80;
    const bool is_name =
        name.size() <= kLongest && std::ranges::all_of(plain, [](char c) {
            return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '-' || c == '_';
        });
    if (!is_name) {
        return wrong("name", fmt::format("`name`: \"{}\" is no name of a queue", name),
                     "it has up to 80 letters, digits, `-` and `_`");
    }
    if (!name.empty() && is_fifo != is_named_fifo) {
        return wrong("name",
                     is_fifo ? "the name of a FIFO queue ends in \".fifo\""
                             : "a name that ends in \".fifo\" is that of a FIFO queue",
                     is_fifo ? "" : "set `fifo = true`");
    }
    TRY(check_number(inputs, "delay_seconds", 0, 900, "seconds"));
    TRY(check_number(inputs, "visibility_timeout", 0, 43200, "seconds"));
    TRY(check_number(inputs, "message_retention", 60, 1209600, "seconds"));
    TRY(check_number(inputs, "receive_wait", 0, 20, "seconds"));
    TRY(check_number(inputs, "max_message_size", 1024, 1048576, "bytes"));
    TRY(check_document(inputs, "policy"));
    TRY(check_document(inputs, "redrive_policy"));
    if (!is_fifo && flag_of(inputs, "content_based_deduplication")) {
        return wrong("content_based_deduplication",
                     "`content_based_deduplication` is for FIFO queues", "");
    }
    return check_tags(inputs);
}

Field attribute(Field field, std::string_view name) {
    field.member = "Attributes." + std::string(name);
    return field;
}

Field flag(const char* input, std::string_view name, std::string doc, bool is_replaced) {
    provider::InputField described = Input(input, a_bool(), std::move(doc)).by_default("false");
    return attribute(
        is_replaced ? replacing(std::move(described)) : updatable(std::move(described)), name);
}

Field seconds(const char* input, std::string_view name, std::string doc, const char* otherwise) {
    return attribute(updatable(Input(input, an_integer(), std::move(doc)).by_default(otherwise)),
                     name);
}

// One that the service does not show where it is not set, or has set by itself.
Value show_flag(const json::Value& queue, std::string_view name) {
    const json::Value* shown = queue.find("Attributes", name);
    return shown != nullptr && shown->as_bool() != nullptr && *shown->as_bool();
}

Value show_text(const json::Value& queue, std::string_view name) {
    const json::Value* shown = queue.find("Attributes", name);
    const std::string* text = shown != nullptr ? shown->as_string() : nullptr;
    return text != nullptr && !text->empty() ? Value(*text) : Value();
}

std::vector<Field> fields() {
    Field name = replacing(Input("name", a_string(),
                                 "Unique in the region. That of a FIFO queue "
                                 "ends in \".fifo\".")
                               .required()
                               .unique());
    name.member = "Name";
    Field size =
        attribute(updatable(Input("max_message_size", an_integer(),
                                  "Bytes of a message at most; the platform's own limit if "
                                  "not given.")),
                  "MaximumMessageSize");
    size.is_left_alone = true;
    Field fifo = flag("fifo", "FifoQueue", "First in, first out, and each message once.", true);
    fifo.show = [](const json::Value& queue) { return show_flag(queue, "FifoQueue"); };
    Field content = flag("content_based_deduplication", "ContentBasedDeduplication",
                         "Whether messages of the same content are the same message.", false);
    content.show = [](const json::Value& queue) {
        return show_flag(queue, "ContentBasedDeduplication");
    };
    // Of others the platform takes no such attribute.
    content.is_created_with = false;
    Field policy = attribute(
        updatable(Input("policy", a_string(), "Who may do what, as JSON. Compared by meaning.")),
        "Policy");
    policy.same = are_same_documents;
    policy.show = [](const json::Value& queue) { return show_text(queue, "Policy"); };
    Field redrive = attribute(updatable(Input("redrive_policy", a_string(),
                                              "Where messages go that nobody can take, as JSON: "
                                              "`deadLetterTargetArn` and `maxReceiveCount`.")),
                              "RedrivePolicy");
    redrive.same = are_same_documents;
    redrive.show = [](const json::Value& queue) { return show_text(queue, "RedrivePolicy"); };
    return {std::move(name),
            std::move(fifo),
            std::move(content),
            seconds("delay_seconds", "DelaySeconds", "Until a message can be received.", "0"),
            seconds("visibility_timeout", "VisibilityTimeout",
                    "For which a message that was received is hidden from others.", "30"),
            seconds("message_retention", "MessageRetentionPeriod",
                    "After which a message goes that nobody has deleted.", "345600"),
            seconds("receive_wait", "ReceiveMessageWaitTimeSeconds",
                    "For which a receiver waits for a message.", "0"),
            std::move(size),
            std::move(policy),
            std::move(redrive)};
}

Type describe_queue() {
    Type type = describe(
        {.path = "/sqs/queue",
         .service = "sqs",
         .noun = "queue",
         .id = "Name",
         .own =
             OwnCalls{
                 .read = read, .list = list, .create = create, .update = update, .remove = remove}},
        "aws.Queue", "A queue of SQS.", embedded::aws_queue_ncl);
    RestType& rest = type.rest;
    rest.id.front().input = "name";
    rest.lists_in_full = false;
    rest.fields = fields();
    rest.results = {
        shown(Output("url", value::ValueType::String, "Where it is.").fresh(), "QueueUrl"),
        shown(Output("arn", value::ValueType::String, "Its name in policies.").fresh(),
              "Attributes.QueueArn")};
    rest.validate = validate;
    rest = complete(std::move(rest));
    return type;
}

}

const Type& queue_type() {
    static const Type kType = describe_queue();
    return kType;
}

}
