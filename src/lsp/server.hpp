#pragma once

#include "lsp/message.hpp"
#include "lsp/project.hpp"

#include <set>
#include <string>

namespace lsp {

// Speaks the language server protocol until the client goes. One thread: a request is answered
// before the next is read, and findings are told when no message is waiting, so that while somebody
// types only the last text is looked at.
class Server {
public:
    Server(Options options, Wire& wire)
        : check_(options.check), project_(std::move(options)), wire_(wire) {}

    // The exit code: 0 after `shutdown` and `exit`.
    base::Result<int> run();

private:
    struct Failure {
        int code;
        std::string message;
    };
    base::Result<void> handle(const json::Value& message);
    base::Result<void> notify(std::string_view method, const json::Value& params);
    base::Result<void> publish();
    base::Result<void> answer(const json::Value& id, json::Value result);
    base::Result<void> refuse(const json::Value& id, int code, std::string message);
    json::Value initialize(const json::Value& params);
    base::Result<json::Value> request(std::string_view method, const json::Value& params);
    base::Result<json::Value> about_a_place(std::string_view method, const json::Value& params,
                                            const std::string& path);
    void did_open(const json::Value& params);
    void did_change(const json::Value& params);
    void did_close(const json::Value& params);
    void mark_all();
    void want_check(const std::string& path);
    void find_changed();
    void take_check();

    WorkspaceCheck check_;
    std::string wanted_check_;        // a file of the workspace that is to be checked
    json::Array problems_;            // of the last check
    std::set<std::string> changed_;   // other than on the disk: places in them mean nothing
    Project project_;
    Wire& wire_;
    std::set<std::string> to_check_;   // paths
    struct Client {
        std::string uri;   // as it writes it
        std::int64_t version = 0;
    };
    std::map<std::string, Client> clients_;   // what the client says of open files
    bool counts_bytes_ = false;
    bool is_initialized_ = false;
    bool is_shut_down_ = false;
    bool is_over_ = false;
};

}
