#pragma once

#include "lsp/message.hpp"
#include "lsp/text.hpp"

#include "base/fs.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <iterator>
#include <map>
#include <memory>

#include <fcntl.h>
#include <sys/wait.h>
#include <unistd.h>

// What tests of the server share: texts with marks, and a conversation with the real program.
namespace lsp {

using json::Array;
using json::Object;
using json::Value;

// A text with marks, `<1>`, that name places in it.
struct Marked {
    explicit Marked(std::string_view source) {
        for (std::size_t at = 0; at < source.size(); ++at) {
            const bool mark = source[at] == '<' && at + 2 < source.size() &&
                              source[at + 2] == '>' && source[at + 1] >= '0' &&
                              source[at + 1] <= '9';
            if (!mark) {
                text += source[at];
                continue;
            }
            places[source[at + 1] - '0'] = text.size();
            at += 2;
        }
    }
    Position at(int mark) const { return Text(text).position(places.at(mark)); }

    std::string text;
    std::map<int, std::size_t> places;
};

class Session {
public:
    explicit Session(std::vector<std::string> words = {"lsp"}, std::string called = {}) {
        folder = base::make_temporary_directory("lsp").value();
        folder = base::real_path(folder).value();
        const char* binary = std::getenv("PROVISIONING_BINARY");
        EXPECT_NE(binary, nullptr);
        int to[2];
        int from[2];
        EXPECT_EQ(::pipe(to), 0);
        EXPECT_EQ(::pipe(from), 0);
        child = ::fork();
        if (child == 0) {
            ::dup2(to[0], 0);
            ::dup2(from[1], 1);
            for (const int fd : {to[0], to[1], from[0], from[1]}) ::close(fd);
            if (::chdir(folder.c_str()) != 0) ::_exit(9);
            if (called.empty()) called = binary;
            std::vector<char*> arguments{called.data()};
            for (std::string& word : words) arguments.push_back(word.data());
            arguments.push_back(nullptr);
            ::execv(binary, arguments.data());
            ::_exit(9);
        }
        ::close(to[0]);
        ::close(from[1]);
        in = to[1];
        out = from[0];
        wire = std::make_unique<Wire>(out, in);
    }
    ~Session() {
        ::close(in);
        ::close(out);
        int status = 0;
        if (child > 0) ::waitpid(child, &status, 0);
        (void)base::remove_tree(folder);
    }

    void initialize(Object capabilities = {}) {
        request("initialize", Object{{"capabilities", std::move(capabilities)}});
        notify("initialized", Object{});
    }
    int leave() {
        request("shutdown", nullptr);
        notify("exit", nullptr);
        int status = 0;
        ::waitpid(child, &status, 0);
        child = 0;
        return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
    }

    std::string uri(const std::string& name) const { return uri_of_path(folder + "/" + name); }
    void write(const std::string& name, const std::string& text) {
        const std::string path = folder + "/" + name;
        ASSERT_TRUE(base::make_directories(std::string(base::parent_path(path))).ok());
        ASSERT_TRUE(base::write_file_atomic(path, text).ok());
    }
    void open(const std::string& name, const std::string& text) {
        notify("textDocument/didOpen", Object{{"textDocument", Object{{"uri", uri(name)},
                                                                      {"languageId", "nickel"},
                                                                      {"version", ++version},
                                                                      {"text", text}}}});
    }
    void change(const std::string& name, Position from, Position to, const std::string& with) {
        notify("textDocument/didChange",
               Object{{"textDocument", Object{{"uri", uri(name)}, {"version", ++version}}},
                      {"contentChanges",
                       Array{Object{{"range", range_json(from, to)}, {"text", with}}}}});
    }

    void notify(const std::string& method, Value params) {
        EXPECT_TRUE(
            wire->write(
                    Object{{"jsonrpc", "2.0"}, {"method", method}, {"params", std::move(params)}})
                .ok());
    }
    // Whatever it is.
    void send(const std::string& content) {
        EXPECT_TRUE(base::write_all(in, "Content-Length: " + std::to_string(content.size()) +
                                            "\r\n\r\n" + content)
                        .ok());
    }
    Value read() {
        auto message = wire->read();
        if (!message.ok() || !message->has_value()) {
            ADD_FAILURE() << "the server has gone";
            std::abort();
        }
        return **message;
    }
    // The whole answer; what is told meanwhile is kept.
    Value ask(const std::string& method, Value params) {
        const int id = ++last_id;
        EXPECT_TRUE(wire->write(Object{{"jsonrpc", "2.0"},
                                       {"id", id},
                                       {"method", method},
                                       {"params", std::move(params)}})
                        .ok());
        for (;;) {
            Value message = read();
            if (message.int64_or("id", -1) == id) return message;
            told.push_back(std::move(message));
        }
    }
    Value request(const std::string& method, Value params) {
        Value answer = ask(method, std::move(params));
        const Value* result = answer.find("result");
        if (result == nullptr) {
            ADD_FAILURE() << method << ": " << json::to_text(answer);
            return nullptr;
        }
        return *result;
    }
    Value at(const std::string& method, const std::string& name, Position position,
             Object more = {}) {
        more.set("textDocument", Object{{"uri", uri(name)}});
        more.set("position", to_json(position));
        return request("textDocument/" + method, std::move(more));
    }
    // What is told of a file as it is now.
    Value diagnostics(const std::string& name) {
        for (;;) {
            for (std::size_t i = 0; i < told.size(); ++i) {
                const Value* params = told[i].find("params");
                if (params == nullptr || params->string_or("uri", "") != uri(name)) continue;
                const bool is_now = params->int64_or("version", 0) == version;
                Value found = *params->find("diagnostics");
                told.erase(told.begin() + static_cast<std::ptrdiff_t>(i--));
                if (is_now) return found;
            }
            told.push_back(read());
        }
    }

    std::string folder;
    std::vector<Value> told;
    int version = 0;   // of the file that was opened or changed last
    std::unique_ptr<Wire> wire;

private:
    pid_t child = 0;
    int in = -1;
    int out = -1;
    int last_id = 0;
};

inline std::string hover_text(const Value& answer) {
    const Value* value = answer.find("contents", "value");
    return value == nullptr ? json::to_text(answer) : *value->as_string();
}

inline std::vector<std::string> labels(const Value& items) {
    // As the editor sorts them.
    std::map<std::string, std::string> sorted;
    if (items.as_array() == nullptr) return {json::to_text(items)};
    for (const Value& item : *items.as_array()) {
        sorted[std::string(item.string_or("sortText", ""))] = item.string_or("label", "");
    }
    std::vector<std::string> result;
    for (const auto& [order, label] : sorted) result.push_back(label);
    return result;
}

inline std::string lines_of(const Value& places) {
    std::string text;
    if (places.as_array() == nullptr) return json::to_text(places);
    for (const Value& place : *places.as_array()) {
        const Value* start = place.find("range", "start");
        const std::string_view uri = place.string_or("uri", "");
        text += std::string(uri.substr(uri.rfind('/') + 1)) + ":" +
                std::to_string(start->int64_or("line", -1)) + ":" +
                std::to_string(start->int64_or("character", -1)) + " ";
    }
    return text;
}

inline bool has(const std::vector<std::string>& list, const std::string& one) {
    return std::ranges::find(list, one) != list.end();
}

}
