#include "net/client/curl_transfer.hpp"

#include "base/text.hpp"
#include "net/client/curl_transport.hpp"
#include "net/http/url.hpp"

#include <fmt/core.h>
#include <sys/socket.h>

#include <algorithm>
#include <utility>

namespace net {
namespace {

constexpr std::size_t kMaxHeaderBytes = std::size_t{256} << 10;

// Sockets are not handed down to programs that providers start.
curl_socket_t open_socket(void*, curlsocktype, curl_sockaddr* address) {
    return ::socket(address->family, address->socktype | SOCK_CLOEXEC, address->protocol);
}

std::size_t on_header(char* bytes, std::size_t size, std::size_t count, void* data) {
    auto& transfer = *static_cast<Transfer*>(data);
    const std::string_view line(bytes, size * count);
    transfer.header_bytes += line.size();
    // A bound of our own, as the library's is large enough to fill the memory with many answers at
    // once.
    if (transfer.header_bytes > kMaxHeaderBytes) {
        transfer.is_too_large = true;
        return 0;
    }
    // After "100 Continue" comes another head. Trailing fields arrive here too, and are kept.
    if (line.starts_with("HTTP/")) {
        transfer.response.headers = {};
        return line.size();
    }
    const std::size_t colon = line.find(':');
    if (colon != std::string_view::npos) {
        transfer.response.headers.add(std::string(line.substr(0, colon)),
                                      std::string(base::trim(line.substr(colon + 1))));
    }
    return line.size();
}

std::size_t on_body(char* bytes, std::size_t size, std::size_t count, void* data) {
    auto& transfer = *static_cast<Transfer*>(data);
    // Subtracted and not added: no sum can overflow.
    if (size * count > transfer.max_response_bytes - transfer.response.body.size()) {
        transfer.is_too_large = true;
        return 0;
    }
    transfer.response.body.append(bytes, size * count);
    return size * count;
}

// The library sends a request again by itself when a connection that it had kept is closed without
// an answer. For a create that would be the second one, so it is refused here; the client above
// knows which requests may be repeated.
int before_request(void* data, char*, char*, int, int) {
    auto& transfer = *static_cast<Transfer*>(data);
    return ++transfer.times_sent == 1 ? CURL_PREREQFUNC_OK : CURL_PREREQFUNC_ABORT;
}

std::string_view protocol_name(long version) {
    switch (version) {
        case CURL_HTTP_VERSION_1_0: return "HTTP/1.0";
        case CURL_HTTP_VERSION_1_1: return "HTTP/1.1";
        case CURL_HTTP_VERSION_2_0: return "HTTP/2";
        default: return "";
    }
}

bool has_line_break(std::string_view text) {
    return text.find_first_of(std::string_view("\r\n\0", 3)) != std::string_view::npos;
}

template <typename Value>
Value ask(const Transfer& transfer, CURLINFO what) {
    Value value{};
    curl().easy_getinfo(transfer.easy, what, &value);
    return value;
}

template <typename Value>
void set(Transfer& transfer, CURLoption option, Value value) {
    curl().easy_setopt(transfer.easy, option, value);
}

// All limits on time are given to the library, which keeps them without a thread for each request.
void set_common(Transfer& transfer, const TransportOptions& options) {
    set(transfer, CURLOPT_PRIVATE, &transfer);
    set(transfer, CURLOPT_ERRORBUFFER, transfer.error.data());
    // No signals: timeouts of name look-ups would otherwise go by SIGALRM, which a program with
    // threads cannot have.
    set(transfer, CURLOPT_NOSIGNAL, 1L);
    set(transfer, CURLOPT_NOPROGRESS, 1L);
    // Breaking off must not wait for a name server.
    set(transfer, CURLOPT_QUICK_EXIT, 1L);
    set(transfer, CURLOPT_OPENSOCKETFUNCTION, &open_socket);
    set(transfer, CURLOPT_HEADERFUNCTION, &on_header);
    set(transfer, CURLOPT_HEADERDATA, &transfer);
    set(transfer, CURLOPT_WRITEFUNCTION, &on_body);
    set(transfer, CURLOPT_WRITEDATA, &transfer);
    set(transfer, CURLOPT_PREREQFUNCTION, &before_request);
    set(transfer, CURLOPT_PREREQDATA, &transfer);
    set(transfer, CURLOPT_SUPPRESS_CONNECT_HEADERS, 1L);
    set(transfer, CURLOPT_TIMEOUT_MS, static_cast<long>(transfer.timeout.count()));
    set(transfer, CURLOPT_CONNECTTIMEOUT_MS,
        static_cast<long>(std::min(options.connect_timeout, transfer.timeout).count()));
    set(transfer, CURLOPT_MAXAGE_CONN, static_cast<long>(options.max_idle_time.count()));
    set(transfer, CURLOPT_TCP_KEEPALIVE, 1L);
    const bool may_share = transfer.is_repeatable && transfer.request.target.starts_with("https");
    set(transfer, CURLOPT_HTTP_VERSION,
        static_cast<long>(may_share ? CURL_HTTP_VERSION_2TLS : CURL_HTTP_VERSION_1_1));
    // One HTTP/2 connection for many requests, rather than one for each that comes at once.
    set(transfer, CURLOPT_PIPEWAIT, may_share ? 1L : 0L);
    set(transfer, CURLOPT_USERAGENT, options.user_agent.c_str());
    // Empty, not null: the library does not look into the environment.
    set(transfer, CURLOPT_PROXY, transfer.proxy.c_str());
    set(transfer, CURLOPT_NOPROXY, options.proxy.no_proxy.c_str());
    // Without a folder of certificates the library reads the file once and not for each connection.
    set(transfer, CURLOPT_CAPATH, static_cast<const char*>(nullptr));
    if (!options.ca_file.empty()) set(transfer, CURLOPT_CAINFO, options.ca_file.c_str());
}

void set_request(Transfer& transfer) {
    const Request& request = transfer.request;
    set(transfer, CURLOPT_URL, request.target.c_str());
    // A POST without a body says so with a length of 0; some servers refuse one that says nothing.
    const bool carries_body =
        !request.body.empty() || (request.method != "GET" && request.method != "HEAD" &&
                                  request.method != "DELETE" && request.method != "OPTIONS");
    if (request.method == "HEAD") {
        set(transfer, CURLOPT_NOBODY, 1L);
    } else if (carries_body) {
        set(transfer, CURLOPT_POST, 1L);
        set(transfer, CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(request.body.size()));
        set(transfer, CURLOPT_POSTFIELDS, request.body.c_str());
    }
    if (request.method != "HEAD") set(transfer, CURLOPT_CUSTOMREQUEST, request.method.c_str());
    const auto add = [&](const std::string& line) {
        curl_slist* grown = curl().slist_append(transfer.fields, line.c_str());
        if (grown != nullptr) transfer.fields = grown;
    };
    for (const auto& [name, value] : request.headers.fields()) {
        // "Name;" is how the library is told to send a field without a value.
        add(value.empty() ? name + ";" : name + ": " + value);
    }
    // Those that the library would add by itself.
    // `Expect: 100-continue` would cost a second with servers that do not know it.
    if (!request.headers.find("Expect")) add("Expect:");
    if (!request.headers.find("Content-Type")) add("Content-Type:");
    set(transfer, CURLOPT_HTTPHEADER, transfer.fields);
}

// By what OpenSSL says of the chain.
std::string certificate_help(long verdict) {
    constexpr long kUnspecified = 1;   // it had nothing to say, so that it is the name
    constexpr long kNotYetValid = 9;
    constexpr long kExpired = 10;
    if (verdict <= kUnspecified) return "it was issued for another host: is the address right?";
    if (verdict == kNotYetValid || verdict == kExpired)
        return "is this machine's clock right? else its owner has to renew it";
    return "if it was issued by an authority of your own, name a file with its certificate in "
           "SSL_CERT_FILE";
}

// `times_sent` is what decides between "nothing happened" and "nobody knows".
base::Error failure_of(const Transfer& transfer, CURLcode code) {
    const bool unsent = transfer.times_sent == 0;
    std::string text = base::escape_controls(
        base::trim(transfer.error[0] != '\0' ? transfer.error.data() : curl().easy_strerror(code)));
    const auto error = [&](base::Code kind, bool is_transient, std::string message) {
        return call_error(kind, std::move(message), unsent ? Delivery::NotSent : Delivery::Unknown,
                          is_transient, transfer.response.status);
    };
    switch (code) {
        case CURLE_OK: return error(base::Code::DataLoss, true, "the answer is not HTTP");
        case CURLE_UNSUPPORTED_PROTOCOL:
        case CURLE_WEIRD_SERVER_REPLY:
            return error(base::Code::DataLoss, true, "the answer is not HTTP: " + text);
        // By our own callback, or by the caller's stop.
        case CURLE_ABORTED_BY_CALLBACK:
            if (transfer.times_sent > 1) {
                return error(base::Code::Unavailable, true,
                             "the connection was closed before an answer came");
            }
            return error(base::Code::Cancelled, false,
                         unsent ? "stopped before it was sent"
                                : "stopped while waiting for the answer");
        case CURLE_WRITE_ERROR:
            if (!transfer.is_too_large) break;
            return error(base::Code::Exhausted, false,
                         transfer.header_bytes > kMaxHeaderBytes
                             ? "the head of the answer is larger than " +
                                   base::format_bytes(kMaxHeaderBytes)
                             : "the answer is larger than " +
                                   base::format_bytes(transfer.max_response_bytes));
        case CURLE_OPERATION_TIMEDOUT:
            if (unsent)
                return error(base::Code::Unavailable, true, "no connection in time: " + text);
            return error(base::Code::DeadlineExceeded, true, "no answer in time: " + text);
        case CURLE_PEER_FAILED_VERIFICATION:
        case CURLE_SSL_ISSUER_ERROR:
            return error(base::Code::FailedPrecondition, false,
                         "the server's certificate is not trusted: " + text)
                .with_help(certificate_help(ask<long>(transfer, CURLINFO_SSL_VERIFYRESULT)));
        case CURLE_SSL_CONNECT_ERROR:
            return error(base::Code::Unavailable, true, "no TLS connection: " + text)
                .with_help("does the server speak TLS at this address?");
        case CURLE_SSL_CACERT_BADFILE:
            return error(base::Code::FailedPrecondition, false,
                         "the certificates to trust cannot be read: " + text)
                .with_help("SSL_CERT_FILE, if it is set, names a file with them in PEM form");
        case CURLE_HTTP2_STREAM:
            // The others on this connection go on; unlike a refusal, this says nothing about what
            // was done.
            return error(base::Code::Unavailable, true,
                         "the server broke this request off: " + text);
        case CURLE_COULDNT_CONNECT:
            // The library's own text says where, which is told anyhow but for a proxy, and not why.
            if (const long why = ask<long>(transfer, CURLINFO_OS_ERRNO);
                why != 0 && transfer.proxy.empty())
                text = base::system_error("no connection", static_cast<int>(why)).text();
            return error(base::Code::Unavailable, true, std::move(text));
        case CURLE_COULDNT_RESOLVE_PROXY:
        case CURLE_COULDNT_RESOLVE_HOST:
            return error(base::Code::Unavailable, true, std::move(text));
        case CURLE_OUT_OF_MEMORY: return error(base::Code::Exhausted, false, std::move(text));
        default: break;
    }
    return error(base::Code::Unavailable, true,
                 (unsent ? "no connection: " : "no complete answer: ") + text);
}

}

// A line break in a header would be another header, and a blank in a method another target.
base::Result<void> check_request(const Request& request) {
    const auto refusal = [](std::string message) {
        return call_error(base::Code::InvalidArgument, std::move(message), Delivery::NotSent);
    };
    if (auto url = parse_url(request.target); !url.ok()) return refusal(url.error().text());
    const bool is_word = !request.method.empty() && std::ranges::all_of(request.method, [](char c) {
        return c >= 'A' && c <= 'Z';
    });
    if (!is_word) return refusal("the method is no word in capitals");
    for (const auto& [name, value] : request.headers.fields()) {
        if (name.empty() || has_line_break(name) || name.contains(':') || has_line_break(value))
            return refusal(fmt::format("the header field {} has a character that it may not have",
                                       base::escape_controls(name)));
    }
    return {};
}

void prepare_transfer(Transfer& transfer, const TransportOptions& options) {
    set_common(transfer, options);
    set_request(transfer);
}

base::Result<Response> take_result(Transfer& transfer, CURLcode code) {
    transfer.response.status = static_cast<int>(ask<long>(transfer, CURLINFO_RESPONSE_CODE));
    if (code == CURLE_OK && transfer.response.status != 0) return std::move(transfer.response);
    return failure_of(transfer, code);
}

ExchangeInfo info_of(const Transfer& transfer) {
    const auto bytes = [&](CURLINFO head, CURLINFO body) {
        return static_cast<std::uint64_t>(ask<long>(transfer, head)) +
               static_cast<std::uint64_t>(ask<curl_off_t>(transfer, body));
    };
    return {.connection_reused =
                transfer.times_sent > 0 && ask<long>(transfer, CURLINFO_NUM_CONNECTS) == 0,
            .bytes_sent = bytes(CURLINFO_REQUEST_SIZE, CURLINFO_SIZE_UPLOAD_T),
            .bytes_received = bytes(CURLINFO_HEADER_SIZE, CURLINFO_SIZE_DOWNLOAD_T),
            .protocol = protocol_name(ask<long>(transfer, CURLINFO_HTTP_VERSION))};
}

}
