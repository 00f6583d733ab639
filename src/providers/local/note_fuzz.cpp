#include "base/check.hpp"
#include "providers/local/note.hpp"
#include "providers/local/supervisor/spec.hpp"

#include <cstdint>
#include <string_view>

// What parses prints and parses again to the same; a specification and a status take anything.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using providers::local::Note;
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    const auto note = Note::parse(text);
    if (!note.ok()) return 0;
    const auto again = Note::parse(note->print());
    CHECK(again.ok());
    CHECK(again->print() == note->print());
    (void)providers::local::Spec::from_note(*note);
    (void)providers::local::Status::from_note(*note);
    return 0;
}
