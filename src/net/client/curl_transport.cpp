#include "net/client/curl_transport.hpp"

#include "net/client/curl_transfer.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <thread>
#include <unordered_map>
#include <utility>
#include <vector>

namespace net {
namespace {

using std::chrono::milliseconds;
using std::chrono::nanoseconds;

constexpr std::size_t kMaxSpareHandles = 64;
constexpr milliseconds kIdlePoll{60'000};
// The library notices timeouts when it is polled; the caller only gives up by itself after that.
constexpr std::chrono::seconds kGrace{5};   // beyond a call's time, for the library to notice

base::Error not_sent(base::Code code, std::string message) {
    return call_error(code, std::move(message), Delivery::NotSent);
}

using TransferPointer = std::shared_ptr<Transfer>;

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
    void finish(Transfer& transfer, CURLcode code);
    void give(Transfer& transfer, base::Result<Response> result);

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
        return not_sent(
                   base::Code::FailedPrecondition,
                   fmt::format("{} is needed to send requests: {}", kCurlLibrary, curl().failure))
            .with_help("install it (Debian and Ubuntu: apt install libcurl4)");
    }
    const std::lock_guard lock(mutex_);
    if (is_started_) return {};
    multi_ = curl().multi_init();
    if (multi_ == nullptr) return not_sent(base::Code::Internal, "libcurl gives no multi handle");
    // Many requests on one HTTP/2 connection; for HTTP/1.1 the number of connections is the bound.
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
    transfer->is_repeatable = options.is_repeatable;
    post(transfer, &Inbox::submitted);
    // May run at once, on this thread, if the token is asked already: after the request was
    // submitted, so that the thread finds something to cancel.
    const std::stop_callback cancel(options.stop, [&] { post(transfer, &Inbox::cancelled); });

    std::unique_lock lock(transfer->mutex);
    const bool is_done = transfer->finished.wait_for(lock, transfer->timeout + kGrace,
                                                     [&] { return transfer->outcome.has_value(); });
    if (is_done) return std::move(*transfer->outcome);
    // Should the library lose it altogether, nobody waits for ever. The transfer lives on with its
    // thread.
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
        // One that has ended meanwhile is not there any more.
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
    prepare_transfer(*transfer, options_);
    active_.emplace(transfer.get(), transfer);
    if (curl().multi_add_handle(multi_, transfer->easy) != CURLM_OK)
        finish(*transfer, CURLE_FAILED_INIT);
}

void CurlTransport::Impl::finish(Transfer& transfer, CURLcode code) {
    curl().multi_remove_handle(multi_, transfer.easy);
    give(transfer, take_result(transfer, code));
}

// Hands the outcome to the caller and puts the handle by.
void CurlTransport::Impl::give(Transfer& transfer, base::Result<Response> result) {
    ExchangeInfo info;
    if (transfer.easy != nullptr) {
        info = info_of(transfer);
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
    // Kept alive while it is told: with the entry goes the last hold of this side.
    const TransferPointer keep = found == active_.end() ? nullptr : found->second;
    if (keep) active_.erase(found);
    {
        const std::lock_guard lock(transfer.mutex);
        transfer.outcome.emplace(Exchange{std::move(result), info});
    }
    transfer.finished.notify_one();
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
