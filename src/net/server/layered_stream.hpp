#pragma once

#include "net/server/connection_layer.hpp"

#include <boost/asio/compose.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/write.hpp>
#include <boost/beast/core/tcp_stream.hpp>

#include <array>
#include <utility>

// Internal to the server: a connection with a layer in between, as Asio knows streams.
namespace net {

class LayeredStream {
    using Code = boost::system::error_code;

public:
    using executor_type = boost::beast::tcp_stream::executor_type;

    // Without a layer, bytes are handed through.
    LayeredStream(boost::asio::ip::tcp::socket socket, std::unique_ptr<ConnectionLayer> layer)
        : tcp_(std::move(socket)), layer_(std::move(layer)) {}

    executor_type get_executor() noexcept { return tcp_.get_executor(); }
    // For its limits on time, and to close it.
    boost::beast::tcp_stream& tcp() { return tcp_; }
    // From now on a read may be pending while something is written. What a layer wants to say for
    // what it received then waits for the next write.
    void read_beside_writes() { answers_at_once_ = false; }

    template <typename Buffers, typename Token>
    auto async_read_some(const Buffers& buffers, Token&& token) {
        return boost::asio::async_compose<Token, void(Code, std::size_t)>(
            Read<Buffers>{*this, buffers}, token, tcp_);
    }
    template <typename Buffers, typename Token>
    auto async_write_some(const Buffers& buffers, Token&& token) {
        return boost::asio::async_compose<Token, void(Code, std::size_t)>(
            Write<Buffers>{*this, buffers}, token, tcp_);
    }

private:
    // The names of what was begun last.
    enum class Begun : unsigned char { Nothing, Direct, Turn, Receive, Reply, Send };

    template <typename Buffers>
    struct Read {
        LayeredStream& stream;
        Buffers buffers;
        Begun begun = Begun::Nothing;

        template <typename Self>
        void operator()(Self& self, Code code = {}, std::size_t size = 0) {
            switch (begun) {
                case Begun::Direct: return self.complete(code, size);
                case Begun::Turn: return self.complete({}, stream.take_received(buffers));
                case Begun::Receive:
                    if (!code) code = stream.receive(size);
                    if (code || !stream.answers_at_once_) break;
                    stream.output_ += stream.layer_->take_output();
                    if (stream.output_.empty()) break;
                    begun = Begun::Reply;
                    return boost::asio::async_write(
                        stream.tcp_, boost::asio::buffer(stream.output_), std::move(self));
                case Begun::Reply: stream.output_.clear(); break;
                default: break;
            }
            if (code) return self.complete(code, 0);
            if (begun != Begun::Nothing && !stream.received_.empty()) {
                return self.complete({}, stream.take_received(buffers));
            }
            begin(self);
        }

        template <typename Self>
        void begin(Self& self) {
            const Buffers target = buffers;   // `self`, and with it `buffers`, is moved from
            if (!stream.layer_) {
                begun = Begun::Direct;
                return stream.tcp_.async_read_some(target, std::move(self));
            }
            if (!stream.received_.empty()) {
                begun = Begun::Turn;   // a read never completes before it has returned
                return boost::asio::post(stream.tcp_.get_executor(), std::move(self));
            }
            begun = Begun::Receive;
            stream.tcp_.async_read_some(boost::asio::buffer(stream.input_), std::move(self));
        }
    };

    template <typename Buffers>
    struct Write {
        LayeredStream& stream;
        Buffers buffers;
        std::size_t size = 0;
        Code failure = {};
        Begun begun = Begun::Nothing;

        template <typename Self>
        void operator()(Self& self, Code code = {}, std::size_t written = 0) {
            switch (begun) {
                case Begun::Direct: return self.complete(code, written);
                case Begun::Turn: return self.complete(failure, 0);
                case Begun::Send:
                    stream.output_.clear();
                    return self.complete(code, code ? 0 : size);
                default: break;
            }
            const Buffers source = buffers;
            if (!stream.layer_) {
                begun = Begun::Direct;
                return stream.tcp_.async_write_some(source, std::move(self));
            }
            size = boost::asio::buffer_size(source);
            failure = stream.send(source);
            begun = failure ? Begun::Turn : Begun::Send;
            if (failure) return boost::asio::post(stream.tcp_.get_executor(), std::move(self));
            boost::asio::async_write(stream.tcp_, boost::asio::buffer(stream.output_),
                                     std::move(self));
        }
    };

    Code receive(std::size_t size) {
        auto plain = layer_->receive({input_.data(), size});
        if (!plain.ok()) return boost::asio::error::connection_aborted;
        received_ += *plain;
        return {};
    }

    template <typename Buffers>
    std::size_t take_received(const Buffers& buffers) {
        const std::size_t size = boost::asio::buffer_copy(buffers, boost::asio::buffer(received_));
        received_.erase(0, size);
        return size;
    }

    template <typename Buffers>
    Code send(const Buffers& buffers) {
        for (auto it = boost::asio::buffer_sequence_begin(buffers);
             it != boost::asio::buffer_sequence_end(buffers); ++it) {
            const boost::asio::const_buffer part(*it);
            const auto sent = layer_->send({static_cast<const char*>(part.data()), part.size()});
            if (!sent.ok()) return boost::asio::error::connection_aborted;
        }
        output_ += layer_->take_output();
        return {};
    }

    boost::beast::tcp_stream tcp_;
    std::unique_ptr<ConnectionLayer> layer_;
    std::array<char, 16384> input_{};
    std::string received_;   // from the layer, for the next read
    std::string output_;     // being sent
    bool answers_at_once_ = true;
};

}
