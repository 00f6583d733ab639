#include "base/check.hpp"
#include "providers/extension/answer.hpp"

#include <cstdint>
#include <string_view>

// Whatever a program prints is an answer or an error that says why not.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using providers::extension::Answer;
    const auto answer =
        providers::extension::parse_answer({reinterpret_cast<const char*>(data), size});
    if (!answer.ok()) {
        CHECK(!answer.error().text().empty());
        return 0;
    }
    if (answer->kind == Answer::Kind::Exists) CHECK(answer->thing.outputs.as_record() != nullptr);
    if (answer->kind == Answer::Kind::Running) CHECK(!answer->handle.empty());
    if (answer->kind == Answer::Kind::Refused) CHECK(!answer->reason.empty());
    return 0;
}
