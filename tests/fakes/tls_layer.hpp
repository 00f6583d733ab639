#pragma once

#include "fakes/tls.hpp"
#include "net/server/connection_layer.hpp"

#include <array>

namespace fakes {

// The server's side of TLS as bytes in and out, for net::Server. Any thread.
class TlsLayers {
public:
    // Borrows nothing.
    explicit TlsLayers(const Certificate& certificate)
        : context_(SSL_CTX_new(TLS_server_method())) {
        CHECK(SSL_CTX_use_certificate(context_.get(), certificate.get()) == 1);
        CHECK(SSL_CTX_use_PrivateKey(context_.get(), certificate.key()) == 1);
    }

    net::LayerFactory factory() {
        return [this] { return std::make_unique<Layer>(context_.get()); };
    }

private:
    class Layer final : public net::ConnectionLayer {
    public:
        explicit Layer(SSL_CTX* context)
            : ssl_(SSL_new(context)), input_(BIO_new(BIO_s_mem())), output_(BIO_new(BIO_s_mem())) {
            SSL_set_bio(ssl_.get(), input_, output_);   // owns them from here on
            SSL_set_accept_state(ssl_.get());
        }

        base::Result<std::string> receive(std::string_view bytes) override {
            CHECK(BIO_write(input_, bytes.data(), static_cast<int>(bytes.size())) ==
                  static_cast<int>(bytes.size()));
            std::string plain;
            std::array<char, 16384> piece;
            for (;;) {
                const int got = SSL_read(ssl_.get(), piece.data(), static_cast<int>(piece.size()));
                if (got > 0) {
                    plain.append(piece.data(), static_cast<std::size_t>(got));
                    continue;
                }
                const int why = SSL_get_error(ssl_.get(), got);
                if (why == SSL_ERROR_WANT_READ || why == SSL_ERROR_ZERO_RETURN) return plain;
                return base::Error(base::Code::Unavailable, "this is no TLS");
            }
        }
        base::Result<void> send(std::string_view bytes) override {
            const int sent = SSL_write(ssl_.get(), bytes.data(), static_cast<int>(bytes.size()));
            if (sent > 0) return {};
            return base::Error(base::Code::Unavailable, "TLS takes nothing now");
        }
        std::string take_output() override {
            char* bytes = nullptr;
            const long size = BIO_get_mem_data(output_, &bytes);
            std::string out(bytes, static_cast<std::size_t>(size));
            CHECK(BIO_reset(output_) == 1);
            return out;
        }

    private:
        std::unique_ptr<SSL, Freeing<SSL_free>> ssl_;
        BIO* input_;
        BIO* output_;
    };

    std::unique_ptr<SSL_CTX, Freeing<SSL_CTX_free>> context_;
};

}
