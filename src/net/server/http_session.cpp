#include "net/server/http_session.hpp"

#include "base/log.hpp"
#include "net/server/answer_head.hpp"
#include "net/server/route_table.hpp"

#include <boost/beast/http/read.hpp>
#include <fmt/core.h>

#include <algorithm>
#include <exception>
#include <system_error>

namespace net {
namespace {

namespace asio = boost::asio;
namespace http = boost::beast::http;
using std::chrono::milliseconds;

// Long enough for a small answer, short enough for whoever waits for the server to end.
constexpr milliseconds kFarewell{1000};   // for an answer while stopping
constexpr std::size_t kFirstRead = 4096;
constexpr std::size_t kMaxLoggedPath = 1024;

// Runs what is not ours. What it throws is told, and false.
template <typename Work>
bool run_guarded(const RequestContext& context, const Request& request, const Work& work) {
    std::string what = "an exception of no known type";
    try {
        work();
        return true;
    } catch (const std::exception& exception) {
        what = exception.what();
    } catch (...) {
    }
    base::log::error("an exception escaped a handler",
                     {{"error.code", base::name_of(base::Code::Internal)},
                      {"error.message", what},
                      {"http.request.method", request.method},
                      {"url.path", path_of(request.target)},
                      {"trace.id", context.trace.trace_id}});
    return false;
}

Response plain(int status, std::string text) {
    return {.status = status, .headers = {{"Content-Type", "text/plain"}}, .body = std::move(text)};
}

std::string name_of(const asio::ip::tcp::socket& socket) {
    boost::system::error_code code;
    const auto peer = socket.remote_endpoint(code);
    if (code) return "unknown";
    std::string address = peer.address().to_string();
    if (peer.address().is_v6()) address = "[" + address + "]";
    return fmt::format("{}:{}", address, peer.port());
}

// A stream's length, where it is known, is told to HEAD as well.
Framing frame(Answer& answer) {
    if (!answer.stream) return Framing::Length;
    if (answer.stream_length) {
        answer.response.headers.set("Content-Length", std::to_string(*answer.stream_length));
    }
    return Framing::Own;
}

std::unique_ptr<ConnectionLayer> layer_of(const ServerOptions& options) {
    return options.layer ? options.layer() : nullptr;
}

}

HttpSession::HttpSession(SessionHost& host, asio::ip::tcp::socket socket)
    : host_(host), stream_(std::move(socket), layer_of(host.options)), pause_(host.io),
      deadline_(host.io), buffer_(host.options.max_header_bytes + host.options.max_body_bytes),
      peer_(name_of(stream_.tcp().socket())) {
    host_.sessions.insert(this);
}

HttpSession::~HttpSession() { host_.sessions.erase(this); }

void HttpSession::read() {
    is_idle_ = true;
    method_.clear();
    record_ = {};
    record_.peer = peer_;
    parser_.emplace();
    parser_->header_limit(static_cast<std::uint32_t>(host_.options.max_header_bytes));
    parser_->body_limit(host_.options.max_body_bytes);
    // What came behind the request before is the next one already (pipelining).
    if (buffer_.size() > 0) return read_header();
    // A connection may be idle for longer than a request may take to come.
    stream_.tcp().expires_after(host_.options.idle_time);
    const std::size_t size = std::min(kFirstRead, buffer_.max_size());
    stream_.async_read_some(buffer_.prepare(size),
                            [self = shared_from_this()](Code code, std::size_t got) {
                                if (code) return self->close();
                                self->buffer_.commit(got);
                                self->read_header();
                            });
}

void HttpSession::wind_up() {
    stop_.request_stop();
    pause_.cancel();
    if (is_idle_) close();
}

void HttpSession::read_header() {
    began_ = Clock::now();
    stream_.tcp().expires_after(host_.options.read_time);
    http::async_read_header(
        stream_, buffer_, *parser_,
        [self = shared_from_this()](Code code, std::size_t) { self->on_header(code); });
}

void HttpSession::on_header(Code code) {
    if (code) return on_failed_read(code);
    // A client that asks first waits for this before it sends its body.
    const std::string_view expect = (*parser_).get()[http::field::expect];
    if (expect != "100-continue") return read_body();
    static constexpr std::string_view kContinue = "HTTP/1.1 100 Continue\r\n\r\n";
    asio::async_write(stream_, asio::buffer(kContinue),
                      [self = shared_from_this()](Code failure, std::size_t) {
                          if (!failure) self->read_body();
                      });
}

void HttpSession::read_body() {
    http::async_read(
        stream_, buffer_, *parser_,
        [self = shared_from_this()](Code code, std::size_t) { self->on_request(code); });
}

void HttpSession::on_failed_read(Code code) {
    if (code == http::error::header_limit) return refuse(431, "the header is too large\n");
    if (code == http::error::body_limit) return refuse(413, "the body is too large\n");
    // Beast's errors about the message: an answer is worth it. All others are of the connection.
    if (code.category() == http::make_error_code(http::error::bad_method).category() &&
        code != http::error::end_of_stream && code != http::error::partial_message) {
        return refuse(400, "this is no HTTP request: " + code.message() + "\n");
    }
    close();
}

void HttpSession::refuse(int status, std::string text) {
    keep_alive_ = false;
    is_idle_ = false;
    deliver(plain(status, std::move(text)));
}

void HttpSession::on_request(Code code) {
    if (code) return on_failed_read(code);
    is_idle_ = false;
    auto message = parser_->release();
    keep_alive_ = message.keep_alive();
    is_http_1_0_ = message.version() < 11;
    Request request;
    request.method = std::string(message.method_string());
    request.target = std::string(message.target());
    for (const auto& field : message.base()) {
        request.headers.add(std::string(field.name_string()), std::string(field.value()));
    }
    request.body = std::move(message.body());
    method_ = request.method;
    record_.method = request.method;
    record_.path = path_of(request.target).substr(0, kMaxLoggedPath);
    stream_.tcp().expires_never();
    begin_handling(std::move(request));
}

void HttpSession::begin_handling(Request request) {
    ++number_;
    stop_ = std::stop_source();
    if (host_.is_stopping) stop_.request_stop();
    const auto header = request.headers.find("traceparent");
    auto trace = header ? continue_trace(*header) : std::nullopt;
    RequestContext context{.deadline = Clock::now() + host_.options.handle_time,
                           .stop = stop_.get_token(),
                           .peer = peer_,
                           .trace = trace ? std::move(*trace) : new_trace(),
                           .parameters = {}};
    record_.trace_id = context.trace.trace_id;
    watch_deadline(context.deadline);
    // The session goes along: it may only end on its own thread.
    auto submitted =
        host_.pool.submit([self = shared_from_this(), &host = host_, request = std::move(request),
                           context = std::move(context)](const std::stop_token&) mutable {
            auto answer = std::make_shared<Answer>(Response{});
            if (!run_guarded(context, request, [&] { *answer = host.handler(request, context); })) {
                *answer = plain(500, "internal error\n");
            }
            asio::post(host.io,
                       [self = std::move(self), answer] { self->deliver(std::move(*answer)); });
        });
    if (!submitted.ok()) deliver(plain(503, "too many requests are waiting\n"));
}

void HttpSession::watch_deadline(Clock::time_point deadline) {
    deadline_.expires_at(deadline);
    // The number tells an answer that has gone out since, and with it the next request.
    deadline_.async_wait([self = shared_from_this(), number = number_](Code code) {
        // It may have come due before the answer cancelled it.
        if (!code && number == self->number_) self->stop_.request_stop();
    });
}

void HttpSession::deliver(Answer answer) {
    // Two numbers for each request: one while it is handled, one from its answer on.
    ++number_;
    deadline_.cancel();
    // HEAD gets the head alone, and no stream is begun for it.
    if (answer.stream && method_ != "HEAD") return begin_stream(std::move(answer));
    if (host_.is_stopping) keep_alive_ = false;
    if (const auto connection = answer.response.headers.find("Connection")) {
        if (*connection == "close") keep_alive_ = false;
        answer.response.headers.remove("Connection");
    }
    record_.status = answer.response.status;
    std::string head = head_of(answer.response, keep_alive_, frame(answer));
    std::string body;
    if (method_ != "HEAD" && has_body(answer.response.status)) {
        body = std::move(answer.response.body);
    }
    Transmission out;
    if (answer.filter) {
        out = answer.filter(std::move(head), std::move(body));
    } else {
        out.parts.push_back({.bytes = std::move(head) + body});
    }
    if (!out.keeps_open) keep_alive_ = false;
    parts_.assign(std::make_move_iterator(out.parts.begin()),
                  std::make_move_iterator(out.parts.end()));
    next_part();
}

void HttpSession::next_part() {
    if (parts_.empty()) {
        record();
        if (!keep_alive_ || host_.is_stopping) return close();
        return read();
    }
    if (parts_.front().pause.count() == 0 || host_.is_stopping) return write_part();
    pause_.expires_after(parts_.front().pause);
    pause_.async_wait([self = shared_from_this()](Code code) {
        if (!code) return self->write_part();
        self->record();
        self->close();
    });
}

void HttpSession::write_part() {
    stream_.tcp().expires_after(host_.is_stopping ? kFarewell : host_.options.write_time);
    asio::async_write(stream_, asio::buffer(parts_.front().bytes),
                      [self = shared_from_this()](Code code, std::size_t size) {
                          self->record_.bytes += size;
                          if (!code) return self->on_written();
                          self->record();
                          self->close();
                      });
}

void HttpSession::on_written() {
    parts_.pop_front();
    next_part();
}

void HttpSession::begin_stream(Answer answer) {
    const bool is_full = host_.streams.size() >= host_.options.max_streams;
    if (is_full || host_.is_stopping) {
        return deliver(plain(503, is_full ? "too many streams are open\n" : "stopping\n"));
    }
    record_.status = answer.response.status;
    // To HTTP/1.0 the end of the connection is the end of the answer.
    const bool is_chunked = !answer.stream_length && !is_http_1_0_;
    if (is_chunked) answer.response.headers.set("Transfer-Encoding", "chunked");
    is_stream_over_ = false;
    out_ = head_of(answer.response, false, frame(answer));
    // Weak: the stream's thread must not keep a session alive that nothing else needs.
    channel_ = std::make_shared<StreamChannel>(stop_.get_token(), is_chunked,
                                               [self = weak_from_this(), &host = host_] {
                                                   asio::post(host.io, [self] {
                                                       if (const auto session = self.lock())
                                                           session->send_stream();
                                                   });
                                               });
    stream_.tcp().expires_never();
    // The peer is read from meanwhile, as that is how its going away is noticed.
    stream_.read_beside_writes();
    watch_peer();
    run_stream(std::move(answer.stream));
    send_stream();
}

void HttpSession::run_stream(StreamFunction stream) {
    RequestContext context;
    context.trace.trace_id = record_.trace_id;
    Request request{.method = method_, .target = record_.path, .headers = {}, .body = {}};
    auto work = [self = shared_from_this(), channel = channel_, stream = std::move(stream),
                 context = std::move(context), request = std::move(request), &host = host_,
                 guard = asio::make_work_guard(host_.io)]() mutable {
        const bool is_whole = run_guarded(context, request, [&] { stream(*channel); });
        stream = nullptr;
        channel.reset();
        asio::post(host.io, [self = std::move(self), is_whole] { self->on_stream_end(is_whole); });
    };
    try {
        host_.streams[this] = std::jthread(std::move(work));
    } catch (const std::system_error& failure) {
        base::log::error("no thread for a stream", {{"error.message", failure.what()}});
        on_stream_end(false);
    }
}

// What a peer says while an answer streams is not looked at; that it has gone ends the stream.
void HttpSession::watch_peer() {
    stream_.async_read_some(asio::buffer(heard_),
                            [self = shared_from_this()](Code code, std::size_t) {
                                if (!code) return self->watch_peer();
                                self->stop_.request_stop();
                                if (self->channel_) self->channel_->close();
                            });
}

void HttpSession::on_stream_end(bool is_whole) {
    host_.streams.erase(this);   // joins the thread, whose last act this was
    // Without its last chunk, a stream that was cut short is seen to be so.
    if (is_whole) channel_->finish();
    is_stream_over_ = true;
    send_stream();
}

void HttpSession::send_stream() {
    if (is_sending_ || !channel_) return;
    if (out_.empty()) out_ = channel_->take();
    if (out_.empty()) {
        if (!is_stream_over_) return;
        record();
        channel_.reset();
        return close();
    }
    is_sending_ = true;
    stream_.tcp().expires_after(host_.is_stopping ? kFarewell : host_.options.write_time);
    asio::async_write(stream_, asio::buffer(out_),
                      [self = shared_from_this()](Code code, std::size_t size) {
                          self->is_sending_ = false;
                          self->record_.bytes += size;
                          self->out_.clear();
                          if (code) {
                              self->stop_.request_stop();
                              self->channel_->close();
                              self->close();
                          }
                          self->send_stream();
                      });
}

void HttpSession::record() {
    if (!host_.options.log) return;
    // Nothing went out, so no status did.
    if (record_.bytes == 0) record_.status = 0;
    record_.duration = Clock::now() - began_;
    host_.options.log(record_);
}

void HttpSession::close() {
    Code ignored;
    stream_.tcp().socket().shutdown(asio::ip::tcp::socket::shutdown_both, ignored);
    stream_.tcp().close();
}

}
