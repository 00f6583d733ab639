#include "lsp/server.hpp"

#include "base/fs.hpp"
#include "lsp/features.hpp"

namespace lsp {

namespace {

constexpr int kParseError = -32700;
constexpr int kInvalidRequest = -32600;
constexpr int kMethodNotFound = -32601;
constexpr int kNotInitialized = -32002;
constexpr int kRequestFailed = -32803;

std::string uri_in(const json::Value& params) {
    const json::Value* document = params.find("textDocument");
    return document == nullptr ? std::string() : std::string(document->string_or("uri", ""));
}

// Untitled texts have no path, and still need a name of their own.
std::string path_for(const std::string& uri) {
    const std::string path = path_of_uri(uri);
    return path.empty() ? uri : real_path_of(path);
}

}

base::Result<int> Server::run() {
    while (!is_over_) {
        if (!wire_.has_more()) {
            if (!to_check_.empty()) TRY(publish());
            if (!wanted_check_.empty()) {
                check_.start(Project::workspace_of(wanted_check_), wanted_check_);
                wanted_check_.clear();
                find_changed();
            }
        }
        if (wire_.wait_beside(check_.descriptor())) {
            take_check();
            continue;
        }
        const auto message = TRY(wire_.read());
        if (!message) return 1;   // gone without a word
        TRY(handle(*message));
    }
    return is_shut_down_ ? 0 : 1;
}

// What is on the disk is checked: when a file is opened and when it was saved.
void Server::want_check(const std::string& path) {
    if (check_.is_possible() && !Project::workspace_of(path).empty()) wanted_check_ = path;
}

void Server::find_changed() {
    changed_.clear();
    for (const auto& [path, text] : project_.open_files()) {
        const auto saved = base::read_file(path);
        if (!saved || *saved != text.text()) changed_.insert(path);
    }
}

void Server::take_check() {
    auto problems = check_.read();
    if (!problems) return;
    problems_ = std::move(*problems);
    mark_all();
}

base::Result<void> Server::answer(const json::Value& id, json::Value result) {
    return wire_.write(json::Object{{"jsonrpc", "2.0"}, {"id", id}, {"result", std::move(result)}});
}

base::Result<void> Server::refuse(const json::Value& id, int code, std::string message) {
    return wire_.write(
        json::Object{{"jsonrpc", "2.0"},
                     {"id", id},
                     {"error", json::Object{{"code", code}, {"message", std::move(message)}}}});
}

base::Result<void> Server::handle(const json::Value& message) {
    static const json::Value kNothing{json::Object()};
    const std::string_view method = message.string_or("method", "");
    const json::Value* id = message.find("id");
    const json::Value* given = message.find("params");
    const json::Value& params = given == nullptr ? kNothing : *given;
    if (message.is_null()) return refuse(nullptr, kParseError, "this is no JSON");
    if (method.empty()) return {};   // an answer to what we never asked
    project_.begin_request();
    if (id == nullptr) return notify(method, params);
    if (method == "initialize") {
        if (is_initialized_) return refuse(*id, kInvalidRequest, "initialized already");
        return answer(*id, initialize(params));
    }
    if (!is_initialized_) return refuse(*id, kNotInitialized, "not initialized yet");
    if (is_shut_down_) return refuse(*id, kInvalidRequest, "shut down already");
    if (method == "shutdown") {
        is_shut_down_ = true;
        return answer(*id, nullptr);
    }
    auto result = request(method, params);
    if (result) return answer(*id, std::move(*result));
    const bool unknown = result.error().code() == base::Code::Unimplemented;
    return refuse(*id, unknown ? kMethodNotFound : kRequestFailed, result.error().text());
}

json::Value Server::initialize(const json::Value& params) {
    is_initialized_ = true;
    const json::Value* encodings = params.find("capabilities", "general", "positionEncodings");
    if (encodings != nullptr && encodings->as_array() != nullptr) {
        for (const json::Value& one : *encodings->as_array()) {
            if (one.as_string() != nullptr && *one.as_string() == "utf-8") counts_bytes_ = true;
        }
    }
    json::Object capabilities{
        {"positionEncoding", counts_bytes_ ? "utf-8" : "utf-16"},
        {"textDocumentSync", json::Object{{"openClose", true},
                                          {"change", 2},
                                          {"save", json::Object{{"includeText", false}}}}},
        {"hoverProvider", true},
        {"definitionProvider", true},
        {"referencesProvider", true},
        {"documentHighlightProvider", true},
        {"documentSymbolProvider", true},
        {"documentFormattingProvider", true},
        {"inlayHintProvider", true},
        {"codeActionProvider", json::Object{{"codeActionKinds", json::Array{"quickfix"}}}},
        {"renameProvider", json::Object{{"prepareProvider", true}}},
        {"completionProvider", json::Object{{"triggerCharacters", json::Array{".", "\"", "/"}}}}};
    return json::Object{{"capabilities", std::move(capabilities)},
                        {"serverInfo", json::Object{{"name", "provisioning"}}}};
}

base::Result<void> Server::notify(std::string_view method, const json::Value& params) {
    if (method == "exit") {
        is_over_ = true;
    } else if (method == "textDocument/didOpen") {
        did_open(params);
    } else if (method == "textDocument/didChange") {
        did_change(params);
    } else if (method == "textDocument/didSave" || method == "workspace/didChangeWatchedFiles") {
        mark_all();
        const std::string uri = uri_in(params);
        if (!uri.empty()) want_check(path_for(uri));
    } else if (method == "textDocument/didClose") {
        const std::string uri = uri_in(params);
        did_close(params);
        // Or its findings would stay for ever.
        return wire_.write(
            json::Object{{"jsonrpc", "2.0"},
                         {"method", "textDocument/publishDiagnostics"},
                         {"params", json::Object{{"uri", uri}, {"diagnostics", json::Array()}}}});
    }
    return {};
}

void Server::mark_all() {
    for (const auto& [path, text] : project_.open_files()) to_check_.insert(path);
}

void Server::did_open(const json::Value& params) {
    const json::Value* document = params.find("textDocument");
    if (document == nullptr) return;
    const std::string uri = uri_in(params);
    const std::string path = path_for(uri);
    clients_[path] = {uri, document->int64_or("version", 0)};
    project_.open(path, Text(std::string(document->string_or("text", "")), counts_bytes_));
    want_check(path);
    mark_all();
}

void Server::did_change(const json::Value& params) {
    const std::string path = path_for(uri_in(params));
    Text* text = project_.open_text(path);
    const json::Value* changes = params.find("contentChanges");
    if (text == nullptr || changes == nullptr || changes->as_array() == nullptr) return;
    for (const json::Value& change : *changes->as_array()) {
        const std::string with(change.string_or("text", ""));
        const json::Value* range = change.find("range");
        if (range == nullptr) {
            *text = Text(with, counts_bytes_);
        } else {
            text->replace(position_from(range->find("start")), position_from(range->find("end")),
                          with);
        }
    }
    if (const json::Value* document = params.find("textDocument")) {
        clients_[path].version = document->int64_or("version", 0);
    }
    changed_.insert(path);
    mark_all();   // what imports it is concerned as well
}

void Server::did_close(const json::Value& params) {
    const std::string path = path_for(uri_in(params));
    project_.close(path);
    to_check_.erase(path);
    clients_.erase(path);
    mark_all();
}

base::Result<void> Server::publish() {
    project_.begin_request();
    Workbench bench{project_, counts_bytes_};
    while (!to_check_.empty()) {
        const std::string path = *to_check_.begin();
        to_check_.erase(to_check_.begin());
        const Client& client = clients_[path];
        json::Array found = diagnostics(bench, path);
        // Of a program with such mistakes, nothing was evaluated.
        if (found.empty() && !changed_.contains(path)) {
            found = check_diagnostics(bench, path, problems_);
        }
        const Analysis* file = found.empty() ? project_.file(path) : nullptr;
        if (file != nullptr) found = lint(bench, *file);
        json::Object params{
            {"uri", client.uri}, {"version", client.version}, {"diagnostics", std::move(found)}};
        TRY(wire_.write(json::Object{{"jsonrpc", "2.0"},
                                     {"method", "textDocument/publishDiagnostics"},
                                     {"params", std::move(params)}}));
        if (wire_.has_more()) return {};   // the rest when there is time
    }
    return {};
}

base::Result<json::Value> Server::request(std::string_view method, const json::Value& params) {
    if (!method.starts_with("textDocument/")) {
        return base::Error(base::Code::Unimplemented, "unknown request " + std::string(method));
    }
    const std::string uri = uri_in(params);
    const std::string path = path_for(uri);
    if (method == "textDocument/codeAction") {
        const json::Value* found = params.find("context", "diagnostics");
        return found == nullptr ? json::Value(json::Array()) : code_actions(uri, *found);
    }
    const Text* text = project_.open_text(path);
    if (text == nullptr) {
        return base::Error(base::Code::NotFound, "the document is not open: " + uri);
    }
    if (method == "textDocument/formatting") return formatting(path, *text);
    if (method == "textDocument/completion") {
        Workbench bench{project_, counts_bytes_};
        return completion(bench, path, *text, position_from(params.find("position")));
    }
    return about_a_place(method, params, path);
}

base::Result<json::Value> Server::about_a_place(std::string_view method, const json::Value& params,
                                                const std::string& path) {
    Workbench bench{project_, counts_bytes_};
    const Analysis* file = project_.file(path);
    if (file == nullptr) return base::Error(base::Code::NotFound, "there is no file " + path);
    const Position position = position_from(params.find("position"));
    if (method == "textDocument/hover") return hover(bench, *file, position);
    if (method == "textDocument/definition") return definition(bench, *file, position);
    if (method == "textDocument/documentHighlight") return highlights(bench, *file, position);
    if (method == "textDocument/inlayHint") {
        return inlay_hints(bench, *file, position_from(params.find("range", "start")),
                           position_from(params.find("range", "end")));
    }
    if (method == "textDocument/documentSymbol") return symbols(bench, *file);
    if (method == "textDocument/prepareRename") return prepare_rename(bench, *file, position);
    if (method == "textDocument/references") {
        const json::Value* context = params.find("context");
        const bool all = context == nullptr || context->bool_or("includeDeclaration", true);
        return references(bench, *file, position, all);
    }
    if (method == "textDocument/rename") {
        return rename(bench, *file, position, std::string(params.string_or("newName", "")));
    }
    return base::Error(base::Code::Unimplemented, "unknown request " + std::string(method));
}

}
