#include "base/check.hpp"
#include "base/fs.hpp"
#include "lsp/server.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>

#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

// Whatever an editor sends, the server answers or ends. Lines of the input are messages, as they
// come between headers; one that does not begin with a brace is the text of a document, which is
// opened, completed at its end, and looked at in every way.
namespace {

std::string about_document(const std::string& method) {
    return R"({"jsonrpc":"2.0","id":7,"method":"textDocument/)" + method +
           R"(","params":{"textDocument":{"uri":"file:///nowhere/f.ncl"},"newName":"n",)"
           R"("position":{"line":0,"character":9999}}})";
}

}

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string text(reinterpret_cast<const char*>(data), size);
    std::string input;
    const auto send = [&](const std::string& message) {
        input += "Content-Length: " + std::to_string(message.size()) + "\r\n\r\n" + message;
    };
    send(R"({"jsonrpc":"2.0","id":1,"method":"initialize","params":{}})");
    if (text.starts_with('{')) {
        for (std::size_t at = 0; at < text.size();) {
            const std::size_t end = std::min(text.find('\n', at), text.size());
            send(text.substr(at, end - at));
            at = end + 1;
        }
    } else if (text.starts_with("Content-Length")) {
        input = text;
    } else {
        send(R"({"jsonrpc":"2.0","method":"textDocument/didOpen","params":{"textDocument":)"
             R"({"uri":"file:///nowhere/f.ncl","text":)" +
             json::to_text(json::Value(text)) + "}}}");
        for (const char* method : {"completion", "hover", "definition", "references", "rename",
                                   "documentSymbol", "formatting", "documentHighlight"}) {
            send(about_document(method));
        }
    }
    base::FileDescriptor in(::memfd_create("in", MFD_CLOEXEC));
    base::FileDescriptor out(::open("/dev/null", O_WRONLY | O_CLOEXEC));
    CHECK(base::write_all(in.get(), input).ok());
    CHECK(::lseek(in.get(), 0, SEEK_SET) == 0);
    lsp::Wire wire(in.get(), out.get());
    (void)lsp::Server({}, wire).run();
    return 0;
}
