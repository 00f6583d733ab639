#pragma once

#include "base/check.hpp"
#include "fakes/script_server.hpp"

#include <chrono>
#include <csignal>
#include <memory>
#include <string>
#include <utility>

#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>

namespace fakes {

template <auto Free>
struct Freeing {
    template <typename T>
    void operator()(T* object) const {
        Free(object);
    }
};
using PrivateKey = std::unique_ptr<EVP_PKEY, Freeing<EVP_PKEY_free>>;
using X509Pointer = std::unique_ptr<X509, Freeing<X509_free>>;

struct CertificateOptions {
    std::string host;   // whom it is for; empty: it is an authority's
    std::string authority = "Test authority";
    std::chrono::seconds from{-3600};   // from now on
    std::chrono::seconds until{3600};
};

// A certificate and its key, made for a test.
class Certificate {
public:
    // Issued by another one; null: by itself.
    Certificate(const CertificateOptions& options, const Certificate* issuer)
        : key_(EVP_EC_gen("P-256")), certificate_(X509_new()) {
        static long serial = 1;
        X509* made = certificate_.get();
        const bool is_authority = options.host.empty();
        X509_set_version(made, X509_VERSION_3);
        ASN1_INTEGER_set(X509_get_serialNumber(made), serial++);
        X509_gmtime_adj(X509_getm_notBefore(made), static_cast<long>(options.from.count()));
        X509_gmtime_adj(X509_getm_notAfter(made), static_cast<long>(options.until.count()));
        X509_set_pubkey(made, key_.get());
        const std::string name = is_authority ? options.authority : options.host;
        X509_NAME_add_entry_by_txt(X509_get_subject_name(made), "CN", MBSTRING_ASC,
                                   reinterpret_cast<const unsigned char*>(name.c_str()), -1, -1, 0);
        const X509* from = issuer == nullptr ? made : issuer->certificate_.get();
        X509_set_issuer_name(made, X509_get_subject_name(from));
        if (is_authority) {
            add(NID_basic_constraints, "critical,CA:TRUE");
        } else {
            add(NID_subject_alt_name, "DNS:" + options.host);
        }
        EVP_PKEY* key = issuer == nullptr ? key_.get() : issuer->key_.get();
        CHECK(X509_sign(made, key, EVP_sha256()) > 0);
    }

    X509* get() const { return certificate_.get(); }
    EVP_PKEY* key() const { return key_.get(); }

    std::string pem() const {
        const std::unique_ptr<BIO, Freeing<BIO_free>> out(BIO_new(BIO_s_mem()));
        CHECK(PEM_write_bio_X509(out.get(), certificate_.get()) == 1);
        char* bytes = nullptr;
        const long size = BIO_get_mem_data(out.get(), &bytes);
        return {bytes, static_cast<std::size_t>(size)};
    }

private:
    void add(int what, const std::string& value) {
        X509_EXTENSION* extension = X509V3_EXT_conf_nid(nullptr, nullptr, what, value.c_str());
        CHECK(extension != nullptr);
        CHECK(X509_add_ext(certificate_.get(), extension, -1) == 1);
        X509_EXTENSION_free(extension);
    }

    PrivateKey key_;
    X509Pointer certificate_;
};

// The server's side of TLS, for ScriptServer. Any thread.
class TlsAcceptor {
public:
    // Speaks one protocol ("h2", "http/1.1") if the client offers it. Borrows nothing.
    explicit TlsAcceptor(const Certificate& certificate, std::string protocol = "http/1.1")
        : protocol_(std::move(protocol)), context_(SSL_CTX_new(TLS_server_method())) {
        // OpenSSL writes to sockets that may have been closed.
        std::signal(SIGPIPE, SIG_IGN);
        CHECK(SSL_CTX_use_certificate(context_.get(), certificate.get()) == 1);
        CHECK(SSL_CTX_use_PrivateKey(context_.get(), certificate.key()) == 1);
        SSL_CTX_set_alpn_select_cb(context_.get(), &choose, &protocol_);
    }
    TlsAcceptor(const TlsAcceptor&) = delete;
    TlsAcceptor& operator=(const TlsAcceptor&) = delete;

    ScriptServer::Open open() {
        return [this](int socket) -> std::unique_ptr<Channel> {
            auto channel = std::make_unique<TlsChannel>(context_.get(), socket);
            return channel->accept() ? std::move(channel) : nullptr;
        };
    }

private:
    class TlsChannel final : public Channel {
    public:
        TlsChannel(SSL_CTX* context, int socket) : ssl_(SSL_new(context)) {
            SSL_set_fd(ssl_.get(), socket);
        }
        bool accept() { return SSL_accept(ssl_.get()) == 1; }
        ssize_t receive(char* bytes, std::size_t size) override {
            return SSL_read(ssl_.get(), bytes, static_cast<int>(size));
        }
        ssize_t send(const char* bytes, std::size_t size) override {
            return SSL_write(ssl_.get(), bytes, static_cast<int>(size));
        }

    private:
        std::unique_ptr<SSL, Freeing<SSL_free>> ssl_;
    };

    static int choose(SSL*, const unsigned char** out, unsigned char* size,
                      const unsigned char* offered, unsigned int offered_size, void* data) {
        const auto& protocol = *static_cast<const std::string*>(data);
        for (unsigned int at = 0; at < offered_size; at += 1U + offered[at]) {
            const std::string_view name(reinterpret_cast<const char*>(offered) + at + 1,
                                        offered[at]);
            if (name != protocol) continue;
            *out = offered + at + 1;
            *size = offered[at];
            return SSL_TLSEXT_ERR_OK;
        }
        return SSL_TLSEXT_ERR_NOACK;
    }

    std::string protocol_;
    std::unique_ptr<SSL_CTX, Freeing<SSL_CTX_free>> context_;
};

}
