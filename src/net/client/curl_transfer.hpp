#pragma once

#include "net/client/curl_library.hpp"
#include "net/client/transport.hpp"

#include <array>
#include <chrono>
#include <condition_variable>
#include <mutex>
#include <optional>

// One request as libcurl sees it. For the transport's own sources.
namespace net {

struct TransportOptions;

// A request on its way. The caller waits for the outcome, under the mutex; only the transport's
// thread touches the rest.
struct Transfer {
    Request request;
    std::string proxy;
    std::chrono::milliseconds timeout{0};
    std::size_t max_response_bytes = 0;
    bool is_repeatable = true;

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

// InvalidArgument, not sent, for what would be another request on the wire than it looks here.
base::Result<void> check_request(const Request& request);

// Sets what the handle needs to carry the request. Transfer and options must outlive the transfer.
void prepare_transfer(Transfer& transfer, const TransportOptions& options);

// Of a transfer that has ended. An error says what is known about the request.
base::Result<Response> take_result(Transfer& transfer, CURLcode code);
ExchangeInfo info_of(const Transfer& transfer);

}
