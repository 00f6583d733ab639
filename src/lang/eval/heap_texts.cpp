#include "lang/eval/heap.hpp"

#include <algorithm>
#include <cstring>

// Texts that grow at their ends (TextRoom).
namespace lang {

StringObj* Heap::text_in_room(TextRoom* room, std::uint32_t begin, std::size_t size) {
    auto* text = static_cast<RoomText*>(allocate(sizeof(RoomText)));
    text->tag = Tag::String;
    text->flags = StringObj::kInRoom;
    text->count = 0;
    text->touched = 0;
    text->size = static_cast<std::uint32_t>(size);
    text->begin = begin;
    text->room = room;
    if (is_keeping_) kept_.push_back(text);
    return reinterpret_cast<StringObj*>(text);
}

// Into a room with as much to spare as there is text, on the side of the shorter one: that is the
// one that was added.
Word Heap::move_to_room(std::string_view left, std::string_view right) {
    const std::size_t size = left.size() + right.size();
    const std::size_t capacity = std::min<std::size_t>(size * 2, kMaxText);
    auto* room = static_cast<TextRoom*>(allocate(sizeof(TextRoom) + capacity));
    const std::size_t begin = left.size() < right.size() ? capacity - size : 0;
    room->capacity = static_cast<std::uint32_t>(capacity);
    room->begin = static_cast<std::uint32_t>(begin);
    room->end = static_cast<std::uint32_t>(begin + size);
    std::memcpy(room->data + begin, left.data(), left.size());
    std::memcpy(room->data + begin + left.size(), right.data(), right.size());
    return Word::of(text_in_room(room, room->begin, size));
}

Word Heap::concat(const StringObj& left, const StringObj& right) {
    // Below this a copy is cheaper than a room.
    constexpr std::size_t kLeast = 256;
    const std::string_view a = left.text(), b = right.text();
    if (a.empty()) return Word::of(&right);
    if (b.empty()) return Word::of(&left);
    const std::size_t size = a.size() + b.size();
    if (left.is_in_room()) {
        const auto& text = reinterpret_cast<const RoomText&>(left);
        TextRoom& room = *text.room;
        const bool is_last = text.begin + text.size == room.end;
        if (is_last && room.capacity - room.end >= b.size()) {
            std::memcpy(room.data + room.end, b.data(), b.size());
            room.end += static_cast<std::uint32_t>(b.size());
            return Word::of(text_in_room(&room, text.begin, size));
        }
    }
    if (right.is_in_room()) {
        const auto& text = reinterpret_cast<const RoomText&>(right);
        TextRoom& room = *text.room;
        if (text.begin == room.begin && room.begin >= a.size()) {
            room.begin -= static_cast<std::uint32_t>(a.size());
            std::memcpy(room.data + room.begin, a.data(), a.size());
            return Word::of(text_in_room(&room, room.begin, size));
        }
    }
    if (size >= kLeast && std::min(a.size(), b.size()) < size / 4) return move_to_room(a, b);
    StringObj* text = string_buffer(size);
    std::memcpy(text->data, a.data(), a.size());
    std::memcpy(text->data + a.size(), b.data(), b.size());
    return Word::of(text);
}

}
