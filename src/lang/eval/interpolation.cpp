#include "lang/eval/numbers.hpp"
#include "lang/eval/steps.hpp"

#include <algorithm>

namespace lang {

Next Interpolation::hole_ready(Machine& m, const Frame& frame) {
    auto& code = *node<InterpolateCode>(static_cast<const Code*>(frame.code));
    Word text = m.result();
    if (!is_text(text) && !is(text, Tag::Unknown)) {
        if (is(text, Tag::Sealed)) return m.blame_sealed(text, "a sealed value was inspected");
        auto shown = to_text(text);
        if (!shown) {
            return m.fail("EvalError::TypeError",
                          "only strings, numbers, booleans, null and enum tags can stand in a "
                          "string, but this is " +
                              m.describe(text),
                          code.parts[frame.number].hole->span);
        }
        text = m.heap.string(*shown);
    }
    m.push_value(text);
    return from(m, code, frame.number + 1);
}

Next Interpolation::from(Machine& m, const InterpolateCode& code, std::uint32_t part) {
    for (; part < code.parts.size(); ++part) {
        const Code* hole = code.parts[part].hole;
        if (!hole) continue;
        Word value;
        if (m.at_hand(hole, value) && is(value, Tag::String)) {
            m.push_value(value);
            continue;
        }
        m.push(hole_ready, &code, {}, {}, part);
        m.code_ = hole;
        return Next::Run;
    }
    return join(m, code);
}

Next Interpolation::join(Machine& m, const InterpolateCode& code) {
    std::size_t holes = 0;
    for (auto& part : code.parts) holes += part.hole != nullptr;
    std::size_t at = m.height() - holes;
    std::string text;
    bool known = true;
    bool has_secret = false;
    for (std::size_t i = at; i < m.height(); ++i) {
        known = known && is_text(m.stack(i));
        has_secret = has_secret || is(m.stack(i), Tag::SecretTemplate);
    }
    if (known && has_secret) return join_secrets(m, code, at);
    // The common way to let a text grow: what is added is put beside it, not all of it copied.
    const InterpolateCode::Part& first = code.parts.front();
    const InterpolateCode::Part& last = code.parts.back();
    const auto is_long = [&](const InterpolateCode::Part& part, Word word) {
        constexpr std::size_t kLong = 256;
        return known && part.hole && part.indent == 0 && as<StringObj>(word)->size >= kLong;
    };
    const bool at_end = holes > 0 && is_long(first, m.stack(at));
    const bool at_begin = !at_end && holes > 0 && is_long(last, m.stack(m.height() - 1));
    const Word grown = at_end ? m.stack(at) : at_begin ? m.stack(m.height() - 1) : Word();
    for (auto& part : code.parts) {
        if (!part.hole) {
            text += part.text;
            continue;
        }
        Word value = m.stack(at++);
        if ((at_end && &part == &first) || (at_begin && &part == &last)) continue;
        std::string_view piece = shown_text(value);
        if (!m.heap.has_room_for_text(text.size() + piece.size())) return m.no_room();
        if (part.indent == 0) {
            text += piece;
            continue;
        }
        // The lines of what is put in are indented as far as the hole is, in multiline strings
        // (the manual's "indentation-aware interpolation"); the first stands where the hole
        // stood.
        for (std::size_t from = 0; from <= piece.size();) {
            std::size_t end = piece.find('\n', from);
            if (end == std::string_view::npos) {
                text += piece.substr(from);
                break;
            }
            text += piece.substr(from, end + 1 - from);
            text.append(part.indent, ' ');
            from = end + 1;
        }
    }
    if (grown.exists()) {
        const StringObj& most = *as<StringObj>(grown);
        if (!m.heap.has_room_for_text(text.size() + most.size)) return m.no_room();
        const StringObj& added = *as<StringObj>(m.heap.string(text));
        return m.give(at_end ? m.heap.concat(most, added) : m.heap.concat(added, most));
    }
    return m.give(known ? m.heap.string(text) : m.unknown_text(text));
}

// The same of texts with secrets; their lines are known where the secrets are.
Next Interpolation::join_secrets(Machine& m, const InterpolateCode& code, std::size_t at) {
    value::SecretTemplate text;
    for (auto& part : code.parts) {
        if (!part.hole) {
            text.append(part.text);
            continue;
        }
        value::SecretTemplate piece;
        append_text(piece, m.stack(at++));
        if (part.indent > 0) {
            piece = value::SecretTemplate::derived(
                value::SecretForm::Indented, std::move(piece),
                std::min(part.indent, value::SecretTemplate::kMaxColumns));
        }
        text.append(piece);
        if (!m.heap.has_room_for_text(text.bytes())) return m.no_room();
    }
    return m.give_secret(std::move(text));
}

}
