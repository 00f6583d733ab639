#include "net/client/cassette.hpp"

#include "base/hash.hpp"
#include "base/text.hpp"
#include "net/client/trace.hpp"
#include "net/http/url.hpp"
#include "json/error.hpp"
#include "json/value.hpp"

#include <fcntl.h>
#include <fmt/core.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <optional>

namespace net {
namespace {

constexpr std::string_view kMask = "***";
constexpr std::size_t kShownNext = 3;

constexpr std::array kCodes{
    base::Code::InvalidArgument,  base::Code::NotFound,        base::Code::AlreadyExists,
    base::Code::PermissionDenied, base::Code::Unauthenticated, base::Code::FailedPrecondition,
    base::Code::Conflict,         base::Code::Exhausted,       base::Code::Unavailable,
    base::Code::DeadlineExceeded, base::Code::Cancelled,       base::Code::Unimplemented,
    base::Code::DataLoss,         base::Code::Internal};
constexpr std::array kDeliveries{Delivery::NotSent, Delivery::Unknown, Delivery::Answered};

template <typename List>
auto by_name(const List& list, std::string_view name) {
    const auto found = std::ranges::find_if(list, [&](auto item) { return name_of(item) == name; });
    return found == list.end() ? std::nullopt : std::optional(*found);
}

std::string without_secrets(std::string text, const MaskOptions& options) {
    for (const auto& secret : options.secrets) {
        if (!secret.reveal().empty()) text = base::replace_all(text, secret.reveal(), kMask);
    }
    return text;
}

// Depth is bounded by the reader's own limit.
void mask_members(json::Value& value, const MaskOptions& options) {
    if (json::Array* array = value.as_array()) {
        for (json::Value& item : *array) mask_members(item, options);
    } else if (json::Object* object = value.as_object()) {
        for (json::Member& member : *object) {
            const bool is_secret =
                std::ranges::find(options.secret_names, member.key) != options.secret_names.end();
            if (is_secret && !member.value.is_null()) {
                member.value = json::Value(kMask);
            } else {
                mask_members(member.value, options);
            }
        }
    }
}

std::string mask_body(const std::string& body, const MaskOptions& options, bool secret_body) {
    if (body.empty()) return {};
    if (secret_body) return std::string(kMask);
    auto value = json::parse(body);
    if (!value.ok()) return without_secrets(body, options);
    mask_members(*value, options);
    return without_secrets(json::to_text(*value), options);
}

Response mask(const Response& response, const MaskOptions& options, bool secret_body) {
    Response out{.status = response.status,
                 .headers = {},
                 .body = mask_body(response.body, options, secret_body)};
    for (const auto& [name, value] : response.headers.fields()) {
        const bool is_secret = base::equal_ignoring_case(name, "Set-Cookie");
        // The length is that of the body as it came.
        if (base::equal_ignoring_case(name, "Content-Length")) continue;
        out.headers.add(name, is_secret ? std::string(kMask) : without_secrets(value, options));
    }
    return out;
}

std::string utf8_of(std::string_view text) {
    return json::find_invalid_utf8(text) == text.size() ? std::string(text)
                                                        : base::escape_controls(text);
}

void set_body(json::Object& object, const std::string& body) {
    if (json::find_invalid_utf8(body) == body.size()) {
        object.set("body", json::Value(body));
    } else {
        object.set("body_hex", json::Value(base::to_hex(body)));
    }
}

base::Error corrupt(std::string why) { return {base::Code::DataLoss, std::move(why)}; }

base::Result<std::string> body_of(const json::Value& message) {
    const json::Value* hex = message.find("body_hex");
    if (hex == nullptr) return std::string(message.string_or("body", ""));
    const std::string* digits = hex->as_string();
    if (digits == nullptr || digits->size() % 2 != 0)
        return corrupt("body_hex is no text of pairs");
    std::string encoded;
    for (std::size_t i = 0; i < digits->size(); i += 2) encoded += "%" + digits->substr(i, 2);
    auto decoded = percent_decode(encoded);
    if (!decoded.ok()) return corrupt("body_hex has characters that are no hexadecimal digits");
    return decoded;
}

base::Result<Response> answer_of(const json::Value& answer) {
    Response response;
    const std::int64_t status = answer.int64_or("status", 0);
    if (status < 100 || status > 999) return corrupt("an answer has no status");
    response.status = static_cast<int>(status);
    response.body = TRY(body_of(answer));
    const json::Value* headers = answer.find("headers");
    const json::Array* list = headers == nullptr ? nullptr : headers->as_array();
    if (list == nullptr) return response;
    for (const json::Value& field : *list) {
        const json::Array* pair = field.as_array();
        if (pair == nullptr || pair->size() != 2 || !(*pair)[0].is_string() ||
            !(*pair)[1].is_string())
            return corrupt("a header field is no pair of texts");
        response.headers.add(*(*pair)[0].as_string(), *(*pair)[1].as_string());
    }
    return response;
}

base::Result<Exchange> failure_of(const json::Value& failure) {
    const auto code = by_name(kCodes, failure.string_or("code", ""));
    const auto delivery = by_name(kDeliveries, failure.string_or("delivery", ""));
    if (!code || !delivery) return corrupt("a failure has no known code and delivery");
    return Exchange{call_error(*code, std::string(failure.string_or("message", "")), *delivery,
                               failure.bool_or("transient", false)),
                    {}};
}

base::Result<CassetteCall> call_of(const json::Value& line) {
    const json::Value* request = line.find("request");
    const json::Value* answer = line.find("answer");
    const json::Value* failure = line.find("failure");
    if (request == nullptr || (answer == nullptr) == (failure == nullptr))
        return corrupt("a call needs a request and either an answer or a failure");
    Request asked{.method = std::string(request->string_or("method", "")),
                  .target = std::string(request->string_or("url", "")),
                  .headers = {},
                  .body = TRY(body_of(*request))};
    if (answer != nullptr)
        return CassetteCall{std::move(asked), Exchange{TRY(answer_of(*answer)), {}}};
    return CassetteCall{std::move(asked), TRY(failure_of(*failure))};
}

}

Request mask(const Request& request, const MaskOptions& options, bool secret_body) {
    return {.method = request.method,
            .target = without_secrets(mask_url(request.target, options.secret_names), options),
            .headers = {},
            .body = mask_body(request.body, options, secret_body)};
}

std::string write_cassette_line(const Request& masked_request,
                                const base::Result<Response>& masked) {
    json::Object request{{"method", masked_request.method},
                         {"url", utf8_of(masked_request.target)}};
    if (!masked_request.body.empty()) set_body(request, masked_request.body);
    json::Object line{{"request", std::move(request)}};
    if (masked.ok()) {
        json::Object answer{{"status", masked.value().status}};
        json::Array headers;
        for (const auto& [name, value] : masked.value().headers.fields())
            headers.push_back(json::Array{utf8_of(name), utf8_of(value)});
        answer.set("headers", std::move(headers));
        if (!masked.value().body.empty()) set_body(answer, masked.value().body);
        line.set("answer", std::move(answer));
    } else {
        const base::Error& error = masked.error();
        line.set("failure", json::Object{{"code", base::name_of(error.code())},
                                         {"delivery", name_of(delivery_of(error))},
                                         {"transient", is_transient(error)},
                                         {"message", utf8_of(error.text())}});
    }
    return json::to_text(json::Value(std::move(line))) + "\n";
}

base::Result<std::vector<CassetteCall>> read_cassette(std::string_view text) {
    if (text.size() > kMaxCassetteBytes)
        return corrupt("the cassette is larger than " + base::format_bytes(kMaxCassetteBytes));
    std::vector<CassetteCall> calls;
    std::size_t number = 0;
    for (const std::string_view line : base::split_lines(text)) {
        const std::string where = fmt::format("line {} of the cassette", ++number);
        auto value = json::parse(line);
        if (!value.ok()) return corrupt(value.error().text()).with_context(where);
        if (number == 1) {
            if (value->int64_or("cassette", 0) != 1)
                return corrupt("it does not begin with {\"cassette\":1}").with_context(where);
            continue;
        }
        if (calls.size() == kMaxCassetteCalls)
            return corrupt("there are too many calls").with_context(where);
        calls.push_back(TRY(call_of(*value).context(where)));
    }
    if (number == 0) return corrupt("the cassette is empty");
    return calls;
}

base::Result<std::unique_ptr<Recorder>> Recorder::create(Transport& inner, const std::string& path,
                                                         MaskOptions options) {
    base::FileDescriptor file(
        ::open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_APPEND | O_CLOEXEC, 0600));
    if (!file) return base::system_error("creating the cassette " + path, errno);
    TRY(base::write_all(file.get(), "{\"cassette\":1}\n"));
    return std::unique_ptr<Recorder>(new Recorder(inner, std::move(file), std::move(options)));
}

Recorder::Recorder(Transport& inner, base::FileDescriptor file, MaskOptions options)
    : inner_(inner), options_(std::move(options)), file_(std::move(file)) {}

Exchange Recorder::exchange(const Request& request, const ExchangeOptions& options) {
    Exchange exchange = inner_.exchange(request, options);
    const Request asked = mask(request, options_, options.secret_body);
    std::string line;
    if (exchange.result.ok()) {
        line = write_cassette_line(asked, mask(*exchange.result, options_, options.secret_body));
    } else {
        const base::Error& error = exchange.result.error();
        line = write_cassette_line(asked,
                                   call_error(error.code(), without_secrets(error.text(), options_),
                                              delivery_of(error), is_transient(error)));
    }
    const std::lock_guard lock(mutex_);
    auto written = base::write_all(file_.get(), line);
    if (!written.ok() && failure_.empty()) failure_ = written.error().text();
    return exchange;
}

base::Result<void> Recorder::check() const {
    const std::lock_guard lock(mutex_);
    if (!failure_.empty())
        return base::Error(base::Code::Exhausted, "writing a cassette: " + failure_);
    return {};
}

base::Result<std::unique_ptr<Replayer>> Replayer::create(std::string_view text,
                                                         MaskOptions options) {
    auto calls = TRY(read_cassette(text));
    return std::unique_ptr<Replayer>(new Replayer(std::move(calls), std::move(options)));
}

Replayer::Replayer(std::vector<CassetteCall> calls, MaskOptions options)
    : options_(std::move(options)), calls_(std::move(calls)) {}

static std::string describe(const Request& request) {
    std::string out = request.method + " " + request.target;
    if (!request.body.empty()) out += " with the body " + request.body;
    return base::escape_controls(out.size() > 400 ? out.substr(0, 400) + " ..." : out);
}

Exchange Replayer::exchange(const Request& request, const ExchangeOptions& options) {
    const Request asked = mask(request, options_, options.secret_body);
    const std::lock_guard lock(mutex_);
    const auto found = std::ranges::find_if(calls_, [&](const CassetteCall& call) {
        return call.request.method == asked.method && call.request.target == asked.target &&
               call.request.body == asked.body;
    });
    if (found != calls_.end()) {
        Exchange exchange = std::move(found->exchange);
        calls_.erase(found);
        return exchange;
    }
    std::string message = "the cassette has no call " + describe(asked);
    message += calls_.empty() ? "; all its calls are used" : "; it would have next:";
    for (std::size_t i = 0; i < std::min(calls_.size(), kShownNext); ++i)
        message += "\n  " + describe(calls_[i].request);
    return {call_error(base::Code::FailedPrecondition, std::move(message), Delivery::NotSent), {}};
}

std::size_t Replayer::unused() const {
    const std::lock_guard lock(mutex_);
    return calls_.size();
}

}
