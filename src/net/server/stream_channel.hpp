#pragma once

#include "net/server/answer.hpp"

#include <condition_variable>
#include <functional>
#include <mutex>
#include <stop_token>
#include <string>

// Internal to the server: the way from the thread that writes a stream to the one that sends it.
namespace net {

class StreamChannel final : public StreamWriter {
public:
    // `wake` is called by the writing thread when there is something to take after nothing was.
    StreamChannel(std::stop_token stop, bool is_chunked, std::function<void()> wake)
        : stop_(std::move(stop)), is_chunked_(is_chunked), wake_(std::move(wake)) {}

    bool write(std::string_view bytes) override;
    std::stop_token stop() const override { return stop_; }

    // The rest is for the sending thread. What is to be sent next; empty: nothing now, and `wake`
    // will be called.
    std::string take();
    // All of the stream was written.
    void finish();
    // The peer has gone.
    void close();

private:
    const std::stop_token stop_;
    const bool is_chunked_;
    const std::function<void()> wake_;
    std::mutex mutex_;
    std::condition_variable_any room_;
    std::string pending_;
    bool is_idle_ = true;   // nothing is being sent
    bool is_closed_ = false;
};

}
