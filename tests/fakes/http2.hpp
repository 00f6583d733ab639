#pragma once

#include "base/check.hpp"
#include "fakes/script_server.hpp"

#include <deque>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include <nghttp2/nghttp2.h>

namespace fakes {

struct Http2Request {
    std::int32_t stream = 0;
    std::string method;
    std::string path;
    std::string body;
};

// The server's side of HTTP/2 on a script's connection: frames are libnghttp2's matter, what is
// answered, and when, is the script's. One thread.
class Http2Connection {
public:
    explicit Http2Connection(ScriptConnection& connection, std::uint32_t max_streams = 1000)
        : connection_(connection) {
        nghttp2_session_callbacks* callbacks = nullptr;
        CHECK(nghttp2_session_callbacks_new(&callbacks) == 0);
        nghttp2_session_callbacks_set_on_header_callback(callbacks, &on_header);
        nghttp2_session_callbacks_set_on_data_chunk_recv_callback(callbacks, &on_data);
        nghttp2_session_callbacks_set_on_frame_recv_callback(callbacks, &on_frame);
        CHECK(nghttp2_session_server_new(&session_, callbacks, this) == 0);
        nghttp2_session_callbacks_del(callbacks);
        const nghttp2_settings_entry entry{NGHTTP2_SETTINGS_MAX_CONCURRENT_STREAMS, max_streams};
        nghttp2_submit_settings(session_, NGHTTP2_FLAG_NONE, &entry, 1);
        flush();
    }
    ~Http2Connection() { nghttp2_session_del(session_); }
    Http2Connection(const Http2Connection&) = delete;
    Http2Connection& operator=(const Http2Connection&) = delete;

    // The next whole request; nothing when the client has gone.
    std::optional<Http2Request> read_request() {
        while (whole_.empty()) {
            const std::string bytes = connection_.receive();
            if (bytes.empty()) return std::nullopt;
            const auto* data = reinterpret_cast<const std::uint8_t*>(bytes.data());
            if (nghttp2_session_mem_recv(session_, data, bytes.size()) < 0) return std::nullopt;
            flush();
        }
        Http2Request request = std::move(whole_.front());
        whole_.pop_front();
        return request;
    }

    void answer(std::int32_t stream, std::string_view body, std::string_view status = "200") {
        begin_answer(stream, body, status, true);
    }
    // The head and a part of the body; more would come.
    void begin_answer(std::int32_t stream, std::string_view body, std::string_view status = "200",
                      bool is_whole = false) {
        Body& sent = bodies_[stream];
        sent = {.text = std::string(body), .is_whole = is_whole};
        const nghttp2_nv field{bytes_of(":status"), bytes_of(status), 7, status.size(),
                               NGHTTP2_NV_FLAG_NONE};
        nghttp2_data_provider provider{.source = {.ptr = &sent}, .read_callback = &read_body};
        nghttp2_submit_response(session_, stream, &field, 1, &provider);
        flush();
    }
    void reset(std::int32_t stream, std::uint32_t code) {
        nghttp2_submit_rst_stream(session_, NGHTTP2_FLAG_NONE, stream, code);
        flush();
    }
    // No stream above the last one was looked at.
    void go_away(std::int32_t last_stream, std::uint32_t code = NGHTTP2_NO_ERROR) {
        nghttp2_submit_goaway(session_, NGHTTP2_FLAG_NONE, last_stream, code, nullptr, 0);
        flush();
    }

private:
    struct Body {
        std::string text;
        bool is_whole = true;
    };

    static std::uint8_t* bytes_of(std::string_view text) {
        return reinterpret_cast<std::uint8_t*>(const_cast<char*>(text.data()));
    }

    static ssize_t read_body(nghttp2_session*, std::int32_t, std::uint8_t* out, std::size_t size,
                             std::uint32_t* flags, nghttp2_data_source* source, void*) {
        Body& body = *static_cast<Body*>(source->ptr);
        if (body.text.empty() && !body.is_whole) return NGHTTP2_ERR_DEFERRED;
        const std::size_t count = std::min(size, body.text.size());
        std::copy_n(body.text.data(), count, reinterpret_cast<char*>(out));
        body.text.erase(0, count);
        if (body.text.empty() && body.is_whole) *flags |= NGHTTP2_DATA_FLAG_EOF;
        return static_cast<ssize_t>(count);
    }

    static int on_header(nghttp2_session*, const nghttp2_frame* frame, const std::uint8_t* name,
                         std::size_t name_size, const std::uint8_t* value, std::size_t value_size,
                         std::uint8_t, void* self) {
        auto& request = static_cast<Http2Connection*>(self)->open_[frame->hd.stream_id];
        const std::string_view field(reinterpret_cast<const char*>(name), name_size);
        const std::string text(reinterpret_cast<const char*>(value), value_size);
        if (field == ":method") request.method = text;
        if (field == ":path") request.path = text;
        return 0;
    }

    static int on_data(nghttp2_session*, std::uint8_t, std::int32_t stream,
                       const std::uint8_t* data, std::size_t size, void* self) {
        auto& request = static_cast<Http2Connection*>(self)->open_[stream];
        request.body.append(reinterpret_cast<const char*>(data), size);
        return 0;
    }

    static int on_frame(nghttp2_session*, const nghttp2_frame* frame, void* self) {
        auto& connection = *static_cast<Http2Connection*>(self);
        const bool ends = (frame->hd.flags & NGHTTP2_FLAG_END_STREAM) != 0;
        const bool carries = frame->hd.type == NGHTTP2_HEADERS || frame->hd.type == NGHTTP2_DATA;
        if (!ends || !carries) return 0;
        auto node = connection.open_.extract(frame->hd.stream_id);
        node.mapped().stream = frame->hd.stream_id;
        connection.whole_.push_back(std::move(node.mapped()));
        return 0;
    }

    void flush() {
        const std::uint8_t* data = nullptr;
        for (;;) {
            const ssize_t size = nghttp2_session_mem_send(session_, &data);
            if (size <= 0) return;
            connection_.send({reinterpret_cast<const char*>(data), static_cast<std::size_t>(size)});
        }
    }

    ScriptConnection& connection_;
    nghttp2_session* session_ = nullptr;
    std::map<std::int32_t, Http2Request> open_;
    std::map<std::int32_t, Body> bodies_;
    std::deque<Http2Request> whole_;
};

}
