#include "net/client/curl_transport.hpp"

#include "base/text.hpp"
#include "net/http/url.hpp"

#define CURL_DISABLE_TYPECHECK
#include <curl/curl.h>
#include <dlfcn.h>
#include <fcntl.h>
#include <fmt/core.h>
#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <condition_variable>
#include <mutex>
#include <thread>
#include <unordered_map>
#include <utility>
#include <vector>

namespace net {
namespace {

using std::chrono::milliseconds;
using std::chrono::nanoseconds;

constexpr const char* kLibrary = "libcurl.so.4";
constexpr unsigned kOldestLibrary = 0x075000;   // 7.80: the callback before a request is sent
constexpr std::size_t kMaxHeaderBytes = std::size_t{256} << 10;
constexpr std::size_t kMaxSpareHandles = 64;
constexpr milliseconds kIdlePoll{60'000};
constexpr std::chrono::seconds kGrace{5};   // beyond a call's time, for the library to notice

// The functions of libcurl that are used here. They are not linked but looked up at the first
// request, so that commands without requests do not load thirty libraries.
struct Library {
    decltype(&::curl_global_init) global_init = nullptr;
    decltype(&::curl_version_info) version_info = nullptr;
    decltype(&::curl_easy_init) easy_init = nullptr;
    decltype(&::curl_easy_reset) easy_reset = nullptr;
    decltype(&::curl_easy_cleanup) easy_cleanup = nullptr;
    decltype(&::curl_easy_setopt) easy_setopt = nullptr;
    decltype(&::curl_easy_getinfo) easy_getinfo = nullptr;
    decltype(&::curl_easy_strerror) easy_strerror = nullptr;
    decltype(&::curl_multi_init) multi_init = nullptr;
    decltype(&::curl_multi_cleanup) multi_cleanup = nullptr;
    decltype(&::curl_multi_setopt) multi_setopt = nullptr;
    decltype(&::curl_multi_add_handle) multi_add_handle = nullptr;
    decltype(&::curl_multi_remove_handle) multi_remove_handle = nullptr;
    decltype(&::curl_multi_perform) multi_perform = nullptr;
    decltype(&::curl_multi_info_read) multi_info_read = nullptr;
    decltype(&::curl_multi_poll) multi_poll = nullptr;
    decltype(&::curl_multi_wakeup) multi_wakeup = nullptr;
    decltype(&::curl_slist_append) slist_append = nullptr;
    decltype(&::curl_slist_free_all) slist_free_all = nullptr;

    std::string failure;   // why it cannot be used, or empty
};

template <typename Function>
void look_up(void* handle, const char* name, Function& function, std::string& failure) {
    function = reinterpret_cast<Function>(::dlsym(handle, name));
    if (function == nullptr && failure.empty())
        failure = fmt::format("{} has no function {}", kLibrary, name);
}

Library load_library() {
    Library library;
    void* handle = ::dlopen(kLibrary, RTLD_NOW | RTLD_LOCAL | RTLD_NODELETE);
    if (handle == nullptr) {
        const char* why = ::dlerror();
        library.failure = why == nullptr ? "it cannot be loaded" : why;
        return library;
    }
    std::string& failure = library.failure;
    look_up(handle, "curl_global_init", library.global_init, failure);
    look_up(handle, "curl_version_info", library.version_info, failure);
    look_up(handle, "curl_easy_init", library.easy_init, failure);
    look_up(handle, "curl_easy_reset", library.easy_reset, failure);
    look_up(handle, "curl_easy_cleanup", library.easy_cleanup, failure);
    look_up(handle, "curl_easy_setopt", library.easy_setopt, failure);
    look_up(handle, "curl_easy_getinfo", library.easy_getinfo, failure);
    look_up(handle, "curl_easy_strerror", library.easy_strerror, failure);
    look_up(handle, "curl_multi_init", library.multi_init, failure);
    look_up(handle, "curl_multi_cleanup", library.multi_cleanup, failure);
    look_up(handle, "curl_multi_setopt", library.multi_setopt, failure);
    look_up(handle, "curl_multi_add_handle", library.multi_add_handle, failure);
    look_up(handle, "curl_multi_remove_handle", library.multi_remove_handle, failure);
    look_up(handle, "curl_multi_perform", library.multi_perform, failure);
    look_up(handle, "curl_multi_info_read", library.multi_info_read, failure);
    look_up(handle, "curl_multi_poll", library.multi_poll, failure);
    look_up(handle, "curl_multi_wakeup", library.multi_wakeup, failure);
    look_up(handle, "curl_slist_append", library.slist_append, failure);
    look_up(handle, "curl_slist_free_all", library.slist_free_all, failure);
    if (!failure.empty()) return library;
    const auto* version = library.version_info(CURLVERSION_NOW);
    if (version->version_num < kOldestLibrary)
        failure = fmt::format("version {} is too old, 7.80 is needed", version->version);
    else if (library.global_init(CURL_GLOBAL_DEFAULT) != CURLE_OK)
        failure = "it cannot be initialised";
    return library;
}

const Library& curl() {
    static const Library library = load_library();
    return library;
}

// Sockets are not handed down to programs that providers start.
curl_socket_t open_socket(void*, curlsocktype, curl_sockaddr* address) {
    return ::socket(address->family, address->socktype | SOCK_CLOEXEC, address->protocol);
}

base::Error not_sent(base::Code code, std::string message) {
    return call_error(code, std::move(message), Delivery::NotSent);
}

bool has_line_break(std::string_view text) {
    return text.find_first_of(std::string_view("\r\n\0", 3)) != std::string_view::npos;
}

base::Result<void> check_request(const Request& request) {
    auto url = parse_url(request.target);
    if (!url.ok()) return not_sent(base::Code::InvalidArgument, url.error().text());
    const bool is_word = !request.method.empty() && std::ranges::all_of(request.method, [](char c) {
        return c >= 'A' && c <= 'Z';
    });
    if (!is_word) return not_sent(base::Code::InvalidArgument, "the method is no word in capitals");
    for (const auto& [name, value] : request.headers.fields()) {
        if (name.empty() || has_line_break(name) || name.contains(':') || has_line_break(value))
            return not_sent(base::Code::InvalidArgument,
                            fmt::format("the header field {} has a character that it may not have",
                                        base::escape_controls(name)));
    }
    return {};
}

// A request on its way. The caller waits on it; only the transport's thread touches the rest.
struct Transfer {
    Request request;
    std::string proxy;
    milliseconds timeout{0};
    std::size_t max_response_bytes = 0;

    CURL* easy = nullptr;
    curl_slist* fields = nullptr;
    Response response;
    std::size_t header_bytes = 0;
    int times_sent = 0;   // or about to be
    bool is_too_large = false;
    std::array<char, CURL_ERROR_SIZE> error{};

    std::mutex mutex;
    std::condition_variable finished;
    std::optional<Exchange> outcome;
};

using TransferPointer = std::shared_ptr<Transfer>;

std::size_t on_header(char* bytes, std::size_t size, std::size_t count, void* data) {
    auto& transfer = *static_cast<Transfer*>(data);
    const std::string_view line(bytes, size * count);
    transfer.header_bytes += line.size();
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

}

class CurlTransport::Impl {
public:
    explicit Impl(TransportOptions options) : options_(std::move(options)) {}
    ~Impl();

    Exchange exchange(const Request& request, const ExchangeOptions& options);

private:
    struct Inbox {
        std::vector<TransferPointer> submitted;
        std::vector<TransferPointer> cancelled;
        bool is_stopping = false;
    };

    base::Result<void> start();
    void post(const TransferPointer& transfer, std::vector<TransferPointer> Inbox::* list);
    void run();
    void begin(const TransferPointer& transfer);
    void set_options(Transfer& transfer);
    void set_request(Transfer& transfer);
    void finish(Transfer& transfer, CURLcode code);
    void give(Transfer& transfer, base::Result<Response> result);
    base::Error failure_of(const Transfer& transfer, CURLcode code) const;

    template <typename Value>
    static Value info_of(const Transfer& transfer, CURLINFO what) {
        Value value{};
        curl().easy_getinfo(transfer.easy, what, &value);
        return value;
    }
    template <typename Value>
    static void set(Transfer& transfer, CURLoption option, Value value) {
        curl().easy_setopt(transfer.easy, option, value);
    }

    const TransportOptions options_;
    std::mutex mutex_;   // of what follows
    Inbox inbox_;
    bool is_started_ = false;
    CURLM* multi_ = nullptr;   // set once, before the thread begins

    // Of the transport's thread.
    std::unordered_map<Transfer*, TransferPointer> active_;
    std::vector<CURL*> spare_;

    std::jthread thread_;
};

CurlTransport::Impl::~Impl() {
    if (!is_started_) return;
    {
        const std::lock_guard lock(mutex_);
        inbox_.is_stopping = true;
    }
    curl().multi_wakeup(multi_);
    thread_.join();
    for (CURL* easy : spare_) curl().easy_cleanup(easy);
    curl().multi_cleanup(multi_);
}

base::Result<void> CurlTransport::Impl::start() {
    if (!curl().failure.empty()) {
        return not_sent(base::Code::FailedPrecondition,
                        fmt::format("{} is needed to send requests: {}", kLibrary, curl().failure))
            .with_help("install it (Debian and Ubuntu: apt install libcurl4)");
    }
    const std::lock_guard lock(mutex_);
    if (is_started_) return {};
    multi_ = curl().multi_init();
    if (multi_ == nullptr) return not_sent(base::Code::Internal, "libcurl gives no multi handle");
    curl().multi_setopt(multi_, CURLMOPT_PIPELINING, CURLPIPE_MULTIPLEX);
    curl().multi_setopt(multi_, CURLMOPT_MAX_HOST_CONNECTIONS,
                        static_cast<long>(options_.max_connections_per_host));
    curl().multi_setopt(multi_, CURLMOPT_MAXCONNECTS, static_cast<long>(options_.max_connections));
    is_started_ = true;
    thread_ = std::jthread([this] { run(); });
    return {};
}

void CurlTransport::Impl::post(const TransferPointer& transfer,
                               std::vector<TransferPointer> Inbox::* list) {
    bool was_empty = false;
    {
        const std::lock_guard lock(mutex_);
        was_empty = inbox_.submitted.empty() && inbox_.cancelled.empty();
        (inbox_.*list).push_back(transfer);
    }
    if (was_empty) curl().multi_wakeup(multi_);
}

Exchange CurlTransport::Impl::exchange(const Request& request, const ExchangeOptions& options) {
    if (auto checked = check_request(request); !checked.ok())
        return {std::move(checked).error(), {}};
    if (options.stop.stop_requested())
        return {not_sent(base::Code::Cancelled, "stopped before it was sent"), {}};
    if (auto started = start(); !started.ok()) return {std::move(started).error(), {}};

    auto transfer = std::make_shared<Transfer>();
    transfer->request = request;
    transfer->proxy =
        request.target.starts_with("https") ? options_.proxy.https : options_.proxy.http;
    transfer->timeout = std::max(std::chrono::ceil<milliseconds>(options.timeout), milliseconds(1));
    transfer->max_response_bytes = options.max_response_bytes;
    post(transfer, &Inbox::submitted);
    const std::stop_callback cancel(options.stop, [&] { post(transfer, &Inbox::cancelled); });

    std::unique_lock lock(transfer->mutex);
    const bool is_done = transfer->finished.wait_for(lock, transfer->timeout + kGrace,
                                                     [&] { return transfer->outcome.has_value(); });
    if (is_done) return std::move(*transfer->outcome);
    return {call_error(base::Code::DeadlineExceeded, "no answer in time", Delivery::Unknown, true),
            {}};
}

void CurlTransport::Impl::run() {
    for (;;) {
        Inbox inbox;
        {
            const std::lock_guard lock(mutex_);
            inbox.submitted.swap(inbox_.submitted);
            inbox.cancelled.swap(inbox_.cancelled);
            inbox.is_stopping = inbox_.is_stopping;
        }
        for (const auto& transfer : inbox.submitted) begin(transfer);
        for (const auto& transfer : inbox.cancelled) {
            if (active_.contains(transfer.get())) finish(*transfer, CURLE_ABORTED_BY_CALLBACK);
        }
        if (inbox.is_stopping) break;
        int running = 0;
        curl().multi_perform(multi_, &running);
        int left = 0;
        while (CURLMsg* message = curl().multi_info_read(multi_, &left)) {
            char* transfer = nullptr;
            curl().easy_getinfo(message->easy_handle, CURLINFO_PRIVATE, &transfer);
            finish(*reinterpret_cast<Transfer*>(transfer), message->data.result);
        }
        curl().multi_poll(multi_, nullptr, 0, static_cast<int>(kIdlePoll.count()), nullptr);
    }
    while (!active_.empty()) finish(*active_.begin()->first, CURLE_ABORTED_BY_CALLBACK);
}

void CurlTransport::Impl::begin(const TransferPointer& transfer) {
    if (spare_.empty()) {
        transfer->easy = curl().easy_init();
    } else {
        transfer->easy = spare_.back();
        spare_.pop_back();
    }
    if (transfer->easy == nullptr) {
        return give(*transfer, not_sent(base::Code::Exhausted, "libcurl gives no handle"));
    }
    set_options(*transfer);
    set_request(*transfer);
    active_.emplace(transfer.get(), transfer);
    if (curl().multi_add_handle(multi_, transfer->easy) != CURLM_OK)
        finish(*transfer, CURLE_FAILED_INIT);
}

void CurlTransport::Impl::set_options(Transfer& transfer) {
    set(transfer, CURLOPT_PRIVATE, &transfer);
    set(transfer, CURLOPT_ERRORBUFFER, transfer.error.data());
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
        static_cast<long>(std::min(options_.connect_timeout, transfer.timeout).count()));
    set(transfer, CURLOPT_MAXAGE_CONN, static_cast<long>(options_.max_idle_time.count()));
    set(transfer, CURLOPT_TCP_KEEPALIVE, 1L);
    set(transfer, CURLOPT_HTTP_VERSION, static_cast<long>(CURL_HTTP_VERSION_2TLS));
    // One HTTP/2 connection for many requests, rather than one for each that comes at once.
    set(transfer, CURLOPT_PIPEWAIT, transfer.request.target.starts_with("https") ? 1L : 0L);
    set(transfer, CURLOPT_USERAGENT, options_.user_agent.c_str());
    // Empty, not null: the library does not look into the environment.
    set(transfer, CURLOPT_PROXY, transfer.proxy.c_str());
    set(transfer, CURLOPT_NOPROXY, options_.proxy.no_proxy.c_str());
    // Without a folder of certificates the library reads the file once and not for each connection.
    set(transfer, CURLOPT_CAPATH, static_cast<const char*>(nullptr));
    if (!options_.ca_file.empty()) set(transfer, CURLOPT_CAINFO, options_.ca_file.c_str());
}

void CurlTransport::Impl::set_request(Transfer& transfer) {
    const Request& request = transfer.request;
    set(transfer, CURLOPT_URL, request.target.c_str());
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
        add(value.empty() ? name + ";" : name + ": " + value);
    }
    // Those that the library would add by itself.
    if (!request.headers.find("Expect")) add("Expect:");
    if (!request.headers.find("Content-Type")) add("Content-Type:");
    set(transfer, CURLOPT_HTTPHEADER, transfer.fields);
}

void CurlTransport::Impl::finish(Transfer& transfer, CURLcode code) {
    curl().multi_remove_handle(multi_, transfer.easy);
    transfer.response.status = static_cast<int>(info_of<long>(transfer, CURLINFO_RESPONSE_CODE));
    if (code == CURLE_OK && transfer.response.status != 0) {
        give(transfer, std::move(transfer.response));
    } else {
        give(transfer, failure_of(transfer, code));
    }
}

// Hands the outcome to the caller and puts the handle by.
void CurlTransport::Impl::give(Transfer& transfer, base::Result<Response> result) {
    ExchangeInfo info;
    if (transfer.easy != nullptr) {
        info.connection_reused =
            transfer.times_sent > 0 && info_of<long>(transfer, CURLINFO_NUM_CONNECTS) == 0;
        info.bytes_sent =
            static_cast<std::uint64_t>(info_of<long>(transfer, CURLINFO_REQUEST_SIZE)) +
            static_cast<std::uint64_t>(info_of<curl_off_t>(transfer, CURLINFO_SIZE_UPLOAD_T));
        info.bytes_received =
            static_cast<std::uint64_t>(info_of<long>(transfer, CURLINFO_HEADER_SIZE)) +
            static_cast<std::uint64_t>(info_of<curl_off_t>(transfer, CURLINFO_SIZE_DOWNLOAD_T));
        info.protocol = protocol_name(info_of<long>(transfer, CURLINFO_HTTP_VERSION));
        // A handle remembers pointers into the transfer.
        curl().easy_reset(transfer.easy);
        if (spare_.size() < kMaxSpareHandles) {
            spare_.push_back(transfer.easy);
        } else {
            curl().easy_cleanup(transfer.easy);
        }
    }
    curl().slist_free_all(transfer.fields);
    const auto found = active_.find(&transfer);
    const TransferPointer keep = found == active_.end() ? nullptr : found->second;
    if (keep) active_.erase(found);
    {
        const std::lock_guard lock(transfer.mutex);
        transfer.outcome.emplace(Exchange{std::move(result), info});
    }
    transfer.finished.notify_one();
}

base::Error CurlTransport::Impl::failure_of(const Transfer& transfer, CURLcode code) const {
    const bool unsent = transfer.times_sent == 0;
    std::string text = base::escape_controls(
        transfer.error[0] != '\0' ? transfer.error.data() : curl().easy_strerror(code));
    const auto error = [&](base::Code kind, bool is_transient, std::string message) {
        return call_error(kind, std::move(message), unsent ? Delivery::NotSent : Delivery::Unknown,
                          is_transient, transfer.response.status);
    };
    switch (code) {
        case CURLE_OK: return error(base::Code::Corrupt, true, "the answer is not HTTP");
        case CURLE_UNSUPPORTED_PROTOCOL:
        case CURLE_WEIRD_SERVER_REPLY:
            return error(base::Code::Corrupt, true, "the answer is not HTTP: " + text);
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
        case CURLE_SSL_CACERT_BADFILE:
        case CURLE_SSL_ISSUER_ERROR:
            return error(base::Code::FailedPrecondition, false,
                         "the server's certificate is not trusted: " + text)
                .with_help("if it was issued by an authority of your own, name a file with its "
                           "certificate in SSL_CERT_FILE");
        case CURLE_COULDNT_RESOLVE_PROXY:
        case CURLE_COULDNT_RESOLVE_HOST:
        case CURLE_COULDNT_CONNECT: return error(base::Code::Unavailable, true, std::move(text));
        case CURLE_OUT_OF_MEMORY: return error(base::Code::Exhausted, false, std::move(text));
        default: break;
    }
    return error(base::Code::Unavailable, true,
                 (unsent ? "no connection: " : "no complete answer: ") + text);
}

CurlTransport::CurlTransport(TransportOptions options)
    : impl_(std::make_unique<Impl>(std::move(options))) {}
CurlTransport::~CurlTransport() = default;

Exchange CurlTransport::exchange(const Request& request, const ExchangeOptions& options) {
    return impl_->exchange(request, options);
}

void read_environment(TransportOptions& options, const EnvironmentLookup& lookup) {
    const auto first = [&](std::initializer_list<const char*> names) -> std::string {
        for (const char* name : names) {
            if (auto value = lookup(name); value && !value->empty()) return *value;
        }
        return {};
    };
    // Not HTTP_PROXY: under CGI a request could set it.
    options.proxy.http = first({"http_proxy", "all_proxy", "ALL_PROXY"});
    options.proxy.https = first({"https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY"});
    options.proxy.no_proxy = first({"no_proxy", "NO_PROXY"});
    options.ca_file = first({"SSL_CERT_FILE"});
}

}
