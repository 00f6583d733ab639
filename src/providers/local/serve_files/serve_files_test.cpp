#include "fakes/raw_http.hpp"
#include "providers/local/serve_files/server.hpp"
#include "providers/local/serve_files/site_path.hpp"

#include <gtest/gtest.h>

#include <thread>

#include <unistd.h>

namespace providers::local {

TEST(SitePath, IsWhatTheTargetMeans) {
    EXPECT_EQ(site_path("/a%20b/c.html?x=1"), "a b/c.html");
    EXPECT_EQ(site_path("/"), "");
    EXPECT_EQ(site_path("//a//b/#top"), "a/b");
}

TEST(SitePath, NeverClimbsNorFindsWhatIsHidden) {
    for (const char* path : {"/../x", "/a/../../x", "/%2e%2e/x", "/a/%2E%2e%2fx", "/.git/config",
                             "/%00", "/%zz", "/%2", "x", "http://h/x", "/a/..%00"}) {
        EXPECT_EQ(site_path(path), std::nullopt) << path;
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
    std::string ask(std::string_view request) const { return fakes::converse(port_, request); }
    std::string get(const std::string& path) const { return fakes::get(port_, path); }

    std::string folder_;
    std::uint16_t port_ = 0;
    int stop_[2] = {-1, -1};
    std::jthread thread_;
};

TEST_F(FileServerTest, ServesFilesAndFolders) {
    EXPECT_TRUE(get("/").starts_with("HTTP/1.1 200 OK\r\n"));
    EXPECT_NE(get("/").find("Content-Type: text/html; charset=utf-8\r\n"), std::string::npos);
    EXPECT_TRUE(get("/").ends_with("\r\n\r\n<p>home</p>"));
    EXPECT_TRUE(get("/docs/").ends_with("<p>docs</p>"));
    EXPECT_NE(get("/docs").find("301 Moved Permanently"), std::string::npos);
    EXPECT_NE(get("/docs").find("Location: /docs/\r\n"), std::string::npos);
    EXPECT_TRUE(ask("HEAD / HTTP/1.1\r\nConnection: close\r\n\r\n").ends_with("\r\n\r\n"));
}

TEST_F(FileServerTest, TellsTheLengthOfAFileThatIsSentInPieces) {
    const std::string large = get("/large.txt");
    EXPECT_NE(large.find("Content-Length: 3145728\r\n"), std::string::npos);
    EXPECT_EQ(fakes::body_of(large).size(), std::size_t{3} << 20);
    EXPECT_NE(large.find("Content-Type: text/plain; charset=utf-8\r\n"), std::string::npos);
    const std::string head = ask("HEAD /large.txt HTTP/1.1\r\nConnection: close\r\n\r\n");
    EXPECT_NE(head.find("Content-Length: 3145728\r\n"), std::string::npos);
    EXPECT_EQ(fakes::body_of(head), "");
}

TEST_F(FileServerTest, RefusesWhatItIsNotFor) {
    const auto status_of = [&](const std::string& request) { return ask(request).substr(0, 12); };
    EXPECT_EQ(status_of("GET /\r\n\r\n"), "HTTP/1.1 400");
    EXPECT_EQ(status_of("GET / HTTP/1.1\r\nnonsense\r\n\r\n"), "HTTP/1.1 400");
    EXPECT_EQ(status_of("GET / HTTP/1.1\r\nContent-Length: 5\r\n\r\nhello"), "HTTP/1.1 413");
    const std::string long_name(3000, 'a');
    EXPECT_EQ(status_of("GET /" + long_name + " HTTP/1.1\r\nConnection: close\r\n\r\n"),
              "HTTP/1.1 414");
    EXPECT_EQ(status_of("GET / HTTP/1.1\r\nX: " + std::string(9000, 'a') + "\r\n\r\n"),
              "HTTP/1.1 431");
    EXPECT_NE(ask("DELETE / HTTP/1.1\r\nConnection: close\r\n\r\n").find("Allow: GET, HEAD\r\n"),
              std::string::npos);
}

TEST_F(FileServerTest, ShowsNothingElse) {
    for (const char* path : {"/missing", "/.hidden", "/link", "/../secret", "/index.html/"}) {
        EXPECT_TRUE(get(path).starts_with("HTTP/1.1 404 ")) << path;
    }
    EXPECT_TRUE(ask("DELETE / HTTP/1.1\r\nConnection: close\r\n\r\n").starts_with("HTTP/1.1 405 "));
}

TEST_F(FileServerTest, AnswersSeveralOnOneConnection) {
    const std::string answer =
        ask("GET / HTTP/1.1\r\n\r\nGET /docs/ HTTP/1.1\r\nConnection: close\r\n\r\n");
    EXPECT_NE(answer.find("<p>home</p>HTTP/1.1 200 OK"), std::string::npos) << answer;
    EXPECT_TRUE(answer.ends_with("<p>docs</p>"));
}

TEST_F(FileServerTest, ASilentClientHoldsUpNobody) {
    const base::FileDescriptor silent = fakes::connect_to(port_);
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
