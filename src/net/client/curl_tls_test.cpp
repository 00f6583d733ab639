#include "net/client/curl_transport.hpp"

#include "base/text.hpp"
#include "fakes/tls.hpp"
#include "fakes/tunnel_proxy.hpp"

#include <gtest/gtest.h>

namespace net {
namespace {

using fakes::Certificate;
using fakes::CertificateOptions;
using fakes::ScriptConnection;
using fakes::ScriptServer;
using fakes::TlsAcceptor;

// Far beyond what any of these tests needs; it is there so that none can hang.
constexpr std::chrono::seconds kLong{20};

// Whether the pieces between "[..]" (what is the library's wording) come in this order, the first
// at the start and the last at the end.
bool matches(std::string_view text, std::string_view pattern) {
    constexpr std::string_view kAny = "[..]";
    const std::size_t gap = pattern.find(kAny);
    if (gap == std::string_view::npos) return text == pattern;
    if (!text.starts_with(pattern.substr(0, gap))) return false;
    const std::string_view rest = pattern.substr(gap + kAny.size());
    for (std::size_t at = gap; at <= text.size(); ++at) {
        if (matches(text.substr(at), rest)) return true;
    }
    return false;
}

void expect_text(std::string_view text, std::string_view pattern) {
    EXPECT_TRUE(matches(text, pattern)) << text << "\nis not\n" << pattern;
}

class Tls : public testing::Test {
protected:
    void SetUp() override {
        folder_ = base::make_temporary_directory("tls").value();
        ca_file_ = base::join_path(folder_, "ca.pem");
        ASSERT_TRUE(base::write_file_atomic(ca_file_, authority_.pem()).ok());
    }
    void TearDown() override { (void)base::remove_tree(folder_); }

    // "DELIVERY CODE: message" and help of what a POST to a server with this certificate comes to,
    // or its answer.
    std::string ask(const Certificate& certificate, const std::string& ca_file) {
        TlsAcceptor acceptor(certificate);
        const ScriptServer server(
            [](ScriptConnection& connection) {
                while (auto request = connection.read_request())
                    connection.answer(200, "", *request);
            },
            acceptor.open());
        return post(server.port(), ca_file);
    }

    std::string post(std::uint16_t port, const std::string& ca_file, ProxyOptions proxy = {}) {
        CurlTransport transport({.proxy = std::move(proxy), .ca_file = ca_file});
        const auto exchange = transport.exchange(
            {.method = "POST",
             .target = "https://localhost:" + std::to_string(port) + "/v1/servers",
             .headers = {{"Authorization", "Bearer tunnel-secret"}},
             .body = "{}"},
            {.timeout = kLong});
        if (exchange.result.ok()) return exchange.result->body;
        const base::Error& error = exchange.result.error();
        std::string text = std::string(name_of(delivery_of(error))) + " " +
                           std::string(base::name_of(error.code())) + ": " + error.text();
        if (!error.help().empty()) text += "\n help: " + std::string(error.help());
        text = base::replace_all(text, std::to_string(port), "PORT");
        return base::replace_all(text, folder_, "FOLDER");
    }

    Certificate authority_{{}, nullptr};
    std::string folder_;
    std::string ca_file_;
};

TEST_F(Tls, CarriesARequestOverATrustedChain) {
    const Certificate good({.host = "localhost"}, &authority_);
    EXPECT_TRUE(ask(good, ca_file_).starts_with("POST /v1/servers HTTP/1.1\r\nHost: localhost:"));
}

// In each of these cases the request, and the token in it, never left.
TEST_F(Tls, RefusesAnAuthorityThatItDoesNotKnow) {
    const Certificate good({.host = "localhost"}, &authority_);
    const Certificate another({.authority = "Another authority"}, nullptr);
    const std::string other_file = base::join_path(folder_, "other.pem");
    ASSERT_TRUE(base::write_file_atomic(other_file, another.pem()).ok());
    expect_text(ask(good, other_file),
                "not sent FailedPrecondition: the server's certificate is not trusted: [..]unable "
                "to get local issuer certificate[..]\n"
                " help: if it was issued by an authority of your own, name a file with its "
                "certificate in SSL_CERT_FILE");
}

TEST_F(Tls, RefusesAnotherHostsCertificate) {
    const Certificate other({.host = "api.example.com"}, &authority_);
    expect_text(ask(other, ca_file_),
                "not sent FailedPrecondition: the server's certificate is not trusted: "
                "[..]'localhost'[..]\n"
                " help: it was issued for another host: is the address right?");
}

TEST_F(Tls, RefusesACertificateThatVouchesForItself) {
    const Certificate alone({.host = "localhost"}, nullptr);
    expect_text(ask(alone, ca_file_),
                "not sent FailedPrecondition: the server's certificate is not trusted: "
                "[..]self-signed certificate[..]\n"
                " help: if it was issued by an authority of your own, name a file with its "
                "certificate in SSL_CERT_FILE");
}

TEST_F(Tls, RefusesACertificateOutOfItsTime) {
    using std::chrono::seconds;
    const Certificate expired(
        {.host = "localhost", .from = seconds(-7200), .until = seconds(-3600)}, &authority_);
    expect_text(
        ask(expired, ca_file_),
        "not sent FailedPrecondition: the server's certificate is not trusted: [..]expired[..]\n"
        " help: is this machine's clock right? else its owner has to renew it");
    const Certificate early({.host = "localhost", .from = seconds(3600), .until = seconds(7200)},
                            &authority_);
    expect_text(ask(early, ca_file_),
                "not sent FailedPrecondition: the server's certificate is not trusted: [..]not yet "
                "valid[..]\n"
                " help: is this machine's clock right? else its owner has to renew it");
}

TEST_F(Tls, SaysWhichFileOfCertificatesItCannotRead) {
    const Certificate good({.host = "localhost"}, &authority_);
    expect_text(ask(good, base::join_path(folder_, "absent.pem")),
                "not sent FailedPrecondition: the certificates to trust cannot be read: [..]"
                "FOLDER/absent.pem[..]\n"
                " help: SSL_CERT_FILE, if it is set, names a file with them in PEM form");
}

TEST_F(Tls, KnowsThatNothingWasSentWhenTheHandshakeBreaksOff) {
    const ScriptServer dropped([](ScriptConnection& connection) { connection.receive(); });
    expect_text(post(dropped.port(), ca_file_),
                "not sent Unavailable: no TLS connection: [..]localhost:PORT[..]\n"
                " help: does the server speak TLS at this address?");
    const ScriptServer plain([](ScriptConnection& connection) {
        connection.receive();
        connection.send("HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n");
    });
    expect_text(post(plain.port(), ca_file_),
                "not sent Unavailable: no TLS connection: [..]wrong version number[..]\n"
                " help: does the server speak TLS at this address?");
}

// What is told to a proxy is where to, and nothing of the request.
TEST_F(Tls, GoesThroughATunnelThatHearsNothing) {
    const Certificate good({.host = "localhost"}, &authority_);
    TlsAcceptor acceptor(good);
    const ScriptServer server(
        [](ScriptConnection& connection) {
            while (auto request = connection.read_request()) connection.answer(200, "", *request);
        },
        acceptor.open());
    fakes::TunnelProxy proxy;
    const std::string seen = post(server.port(), ca_file_, {.https = proxy.url()});
    EXPECT_TRUE(seen.starts_with("POST /v1/servers HTTP/1.1\r\n")) << seen;
    EXPECT_TRUE(seen.contains("tunnel-secret"));
    ASSERT_EQ(proxy.heard().size(), 1u);
    const std::string told = proxy.heard().front();
    const std::string place = "localhost:" + std::to_string(server.port());
    EXPECT_TRUE(told.starts_with("CONNECT " + place + " HTTP/1.1\r\n")) << told;
    EXPECT_FALSE(told.contains("tunnel-secret") || told.contains("servers")) << told;

    for (const auto* direct :
         {"localhost", "example.com,localhost", ".example.com, localhost", "*"}) {
        const std::string around =
            post(server.port(), ca_file_, {.https = proxy.url(), .no_proxy = direct});
        EXPECT_TRUE(around.starts_with("POST ")) << direct << ": " << around;
        EXPECT_EQ(proxy.heard().size(), 1u) << direct;
    }
    for (const auto* other : {"example.com", "host", "localhost.example.com"}) {
        const std::size_t before = proxy.heard().size();
        post(server.port(), ca_file_, {.https = proxy.url(), .no_proxy = other});
        EXPECT_EQ(proxy.heard().size(), before + 1) << other;
    }
}

TEST_F(Tls, SaysThatItIsTheProxyWhichFails) {
    const std::string nobody = fakes::unused_url();
    expect_text(post(65432, ca_file_, {.https = nobody}),
                "not sent Unavailable: [..]onnect to 127.0.0.1 port [..]");
    fakes::TunnelProxy proxy;
    const std::uint16_t closed =
        static_cast<std::uint16_t>(std::stoul(nobody.substr(nobody.rfind(':') + 1)));
    expect_text(post(closed, ca_file_, {.https = proxy.url()}),
                "not sent Unavailable: [..]502[..]");
}

}
}
