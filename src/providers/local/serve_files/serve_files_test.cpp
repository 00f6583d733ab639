#include "providers/local/serve_files/request.hpp"
#include "providers/local/serve_files/server.hpp"

#include <gtest/gtest.h>

#include <thread>

#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

namespace providers::local {

static int status_of(std::string_view bytes) {
    const auto parsed = parse_request(bytes);
    return parsed ? parsed->status : -1;
}

TEST(Request, UnderstandsGetAndHead) {
    const auto get = parse_request("GET /a%20b/c.html?x=1 HTTP/1.1\r\nHost: x\r\n\r\nrest");
    ASSERT_TRUE(get);
    EXPECT_EQ(get->status, 0);
    EXPECT_EQ(get->request.path, "a b/c.html");
    EXPECT_TRUE(get->request.keeps_open);
    EXPECT_FALSE(get->request.is_head);
    EXPECT_EQ(get->size, 43u);
    const auto head = parse_request("HEAD / HTTP/1.1\r\nConnection: close\r\n\r\n");
    ASSERT_TRUE(head);
    EXPECT_TRUE(head->request.is_head);
    EXPECT_TRUE(head->request.is_folder);
    EXPECT_FALSE(head->request.keeps_open);
    EXPECT_FALSE(parse_request("GET / HTTP/1.0\r\n\r\n")->request.keeps_open);
}

TEST(Request, RefusesTheRest) {
    EXPECT_EQ(status_of("GET / HTTP/1.1\r\n"), -1) << "not complete";
    EXPECT_EQ(status_of("POST / HTTP/1.1\r\n\r\n"), 405);
    EXPECT_EQ(status_of("GET /\r\n\r\n"), 400);
    EXPECT_EQ(status_of("GET / HTTP/2\r\n\r\n"), 505);
    EXPECT_EQ(status_of("GET / HTTP/1.1\r\nnonsense\r\n\r\n"), 400);
    EXPECT_EQ(status_of("GET / HTTP/1.1\r\nContent-Length: 5\r\n\r\n"), 413);
    EXPECT_EQ(status_of("GET / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n"), 413);
    EXPECT_EQ(status_of("GET /" + std::string(3000, 'a') + " HTTP/1.1\r\n\r\n"), 414);
    EXPECT_EQ(status_of(std::string(kMaxRequestHead, 'a')), 431);
    for (const char* path : {"/../x", "/a/../../x", "/%2e%2e/x", "/a/%2E%2e%2fx", "/.git/config",
                             "/%00", "/%zz", "/%2", "x", "http://h/x", "/a/..%00"}) {
        EXPECT_EQ(status_of(std::string("GET ") + path + " HTTP/1.1\r\n\r\n"), 404) << path;
    }
}

class FileServerTest : public ::testing::Test {
protected:
    void SetUp() override {
        folder_ = base::make_temporary_directory("serve-test").value();
        ASSERT_TRUE(base::make_directories(folder_ + "/site/docs").ok());
        write("site/index.html", "<p>home</p>");
        write("site/docs/index.html", "<p>docs</p>");
        write("site/large.txt", std::string(3 << 20, 'x'));
        write("site/.hidden", "no");
        write("secret", "outside");
        ASSERT_EQ(::symlink("../secret", (folder_ + "/site/link").c_str()), 0);
        auto server = FileServer::listen(folder_ + "/site", 0);
        ASSERT_TRUE(server.ok());
        port_ = server->port();
        ASSERT_EQ(::pipe(stop_), 0);
        thread_ = std::jthread(
            [this, running = std::move(server).value()]() mutable { (void)running.run(stop_[0]); });
    }
    void TearDown() override {
        ::close(stop_[1]);
        thread_ = {};
        ::close(stop_[0]);
        (void)base::remove_tree(folder_);
    }
    void write(const std::string& name, std::string_view text) const {
        ASSERT_TRUE(base::write_file_atomic(folder_ + "/" + name, text).ok());
    }
    int connect() const {
        const int socket = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
        sockaddr_in address{};
        address.sin_family = AF_INET;
        address.sin_port = htons(port_);
        address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        EXPECT_EQ(::connect(socket, reinterpret_cast<sockaddr*>(&address), sizeof address), 0);
        return socket;
    }
    std::string ask(std::string_view request) const {
        const base::FileDescriptor socket(connect());
        EXPECT_TRUE(base::write_all(socket.get(), request).ok());
        const auto answer = base::read_all(socket.get(), "answer");
        return answer.ok() ? *answer : answer.error().text();
    }
    std::string get(const std::string& path) const {
        return ask("GET " + path + " HTTP/1.1\r\nConnection: close\r\n\r\n");
    }

    std::string folder_;
    std::uint16_t port_ = 0;
    int stop_[2] = {-1, -1};
    std::jthread thread_;
};

TEST_F(FileServerTest, ServesFilesAndFolders) {
    EXPECT_TRUE(get("/").starts_with("HTTP/1.1 200 OK\r\nContent-Type: text/html"));
    EXPECT_TRUE(get("/").ends_with("\r\n\r\n<p>home</p>"));
    EXPECT_TRUE(get("/docs/").ends_with("<p>docs</p>"));
    EXPECT_NE(get("/docs").find("301 Moved Permanently"), std::string::npos);
    EXPECT_NE(get("/docs").find("Location: /docs/\r\n"), std::string::npos);
    EXPECT_GT(get("/large.txt").size(), std::size_t{3} << 20);
    EXPECT_TRUE(ask("HEAD / HTTP/1.1\r\nConnection: close\r\n\r\n").ends_with("\r\n\r\n"));
}

TEST_F(FileServerTest, ShowsNothingElse) {
    for (const char* path : {"/missing", "/.hidden", "/link", "/../secret", "/index.html/"}) {
        EXPECT_TRUE(get(path).starts_with("HTTP/1.1 404 ")) << path;
    }
    EXPECT_TRUE(ask("DELETE / HTTP/1.1\r\n\r\n").starts_with("HTTP/1.1 405 "));
}

TEST_F(FileServerTest, AnswersSeveralOnOneConnection) {
    const std::string answer =
        ask("GET / HTTP/1.1\r\n\r\nGET /docs/ HTTP/1.1\r\nConnection: close\r\n\r\n");
    EXPECT_NE(answer.find("<p>home</p>HTTP/1.1 200 OK"), std::string::npos);
    EXPECT_TRUE(answer.ends_with("<p>docs</p>"));
}

TEST_F(FileServerTest, ASilentClientHoldsUpNobody) {
    const base::FileDescriptor silent(connect());
    ASSERT_TRUE(base::write_all(silent.get(), "GET /lar").ok());
    EXPECT_TRUE(get("/").ends_with("<p>home</p>"));
}

TEST_F(FileServerTest, TellsWhenItCannotListen) {
    const auto second = FileServer::listen(folder_, port_);
    ASSERT_FALSE(second.ok());
    EXPECT_NE(second.error().text().find("Address already in use"), std::string::npos);
    EXPECT_FALSE(FileServer::listen(folder_ + "/missing", 0).ok());
}

}
