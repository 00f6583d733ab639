#include "base/redact.hpp"
#include "base/redact_views.hpp"

#include "base/secret.hpp"
#include "base/text.hpp"

#include <algorithm>

namespace base {
namespace {

constexpr std::size_t kFilterBits = 18;
// What is looked at in one go, and how far the next begins before its end: more than eight bytes
// in the longest notation.
constexpr std::size_t kPiece = std::size_t{1} << 20U;
constexpr std::size_t kOverlap = 1024;

std::size_t filter_place(std::uint64_t window) {
    // Fibonacci hashing: the upper bits depend on all of them.
    return (window * 0x9e3779b97f4a7c15U) >> (64 - kFilterBits);
}

std::uint64_t mask_of(std::size_t size) {
    return size == 8 ? ~std::uint64_t{0} : (std::uint64_t{1} << (8 * size)) - 1;
}

std::uint64_t packed(std::string_view bytes) {
    std::uint64_t out = 0;
    for (const char c : bytes) out = out << 8U | static_cast<unsigned char>(c);
    return out;
}

bool is_blank(char c) { return c == ' ' || c == '\t' || c == '\r' || c == '\n'; }

}

bool Redactor::is_telling(std::string_view window) {
    constexpr std::size_t kDifferent = 3;
    std::string seen;
    for (const char c : window) {
        if (!is_blank(c) && !seen.contains(c)) seen += c;
    }
    return seen.size() >= kDifferent;
}

Redactor::Redactor(const std::vector<std::string>& secrets) {
    for (const std::string& secret : secrets) bytes_ += secret.size();
    if (bytes_ > kMostBytes) return;
    for (const std::string& secret : secrets) add(secret);
    for (std::size_t size = kShortest; size <= kWindow; ++size) {
        auto& known = windows_[size];
        if (known.empty()) continue;
        std::ranges::sort(known);
        known.erase(std::ranges::unique(known).begin(), known.end());
        filters_[size].resize(std::size_t{1} << kFilterBits);
        for (const std::uint64_t window : known) filters_[size][filter_place(window)] = true;
    }
}

Redactor::~Redactor() {
    for (auto& known : windows_) wipe(known.data(), known.size() * sizeof(std::uint64_t));
    for (std::string& text : short_) wipe(text.data(), text.size());
}

void Redactor::add(std::string_view secret) {
    // Line breaks at its ends are the file's that it came from.
    secret = trim(secret);
    if (secret.empty()) return;
    if (secret.size() < kShortest) {
        short_.emplace_back(secret);
    } else if (secret.size() < kWindow) {
        windows_[secret.size()].push_back(packed(secret));
    } else {
        auto& known = windows_[kWindow];
        const std::size_t before = known.size();
        for (const bool is_any : {false, true}) {
            // All of "11111111" is weak, and it is a secret nevertheless.
            if (known.size() != before) break;
            for (std::size_t i = 0; i + kWindow <= secret.size(); ++i) {
                const std::string_view window = secret.substr(i, kWindow);
                if (is_any || is_telling(window)) known.push_back(packed(window));
            }
        }
    }
}

bool Redactor::has(std::uint64_t window, std::size_t size) const {
    if (filters_[size].empty()) return false;
    window &= mask_of(size);
    return filters_[size][filter_place(window)] &&
           std::ranges::binary_search(windows_[size], window);
}

// Goes over a view of a text and notes where windows are.
class Redactor::Scan {
public:
    Scan(const Redactor& redactor, std::size_t size) : redactor_(redactor), hidden_(size) {}

    void look(const redact::Bytes& view) {
        std::uint64_t window = 0;
        std::size_t length = 0;
        for (std::size_t i = 0; i < view.size(); ++i) {
            // A view has gaps where one notation ends and another begins.
            if (view[i].begins_anew) length = 0;
            window = window << 8U | view[i].byte;
            ++length;
            for (std::size_t size = kShortest; size <= std::min(length, kWindow); ++size) {
                if (redactor_.has(window, size)) mark(view[i + 1 - size].begin, view[i].end);
            }
        }
    }

    bool any() const { return any_; }
    const std::vector<bool>& hidden() const { return hidden_; }

private:
    void mark(std::size_t begin, std::size_t end) {
        any_ = true;
        // From its end: windows overlap, and what is before is hidden already.
        for (std::size_t i = end; i > begin; --i) hidden_[i - 1] = true;
    }

    const Redactor& redactor_;
    std::vector<bool> hidden_;
    bool any_ = false;
};

std::string Redactor::hide(std::string_view text, std::string_view mark) const {
    if (is_empty() || text.empty()) return std::string(text);
    if (bytes_ > kMostBytes) return std::string(mark);
    if (std::ranges::find(short_, trim(text)) != short_.end()) return std::string(mark);
    std::string out;
    bool was_hidden = false;
    std::vector<bool> hidden(text.size());
    for (std::size_t begin = 0; begin < text.size(); begin += kPiece) {
        const std::string_view piece = text.substr(begin, kPiece + kOverlap);
        Scan scan(*this, piece.size());
        redact::each_view(piece, [&](const redact::Bytes& view) { scan.look(view); });
        if (!scan.any()) continue;
        for (std::size_t i = 0; i < piece.size(); ++i) {
            if (scan.hidden()[i]) hidden[begin + i] = true;
        }
    }
    const auto is_continuation = [&](std::size_t i) {
        return (static_cast<unsigned char>(text[i]) & 0xc0U) == 0x80;
    };
    for (std::size_t i = 0; i < text.size(); ++i) {
        // No character is cut in two: the rest of one that has begun goes with it.
        const bool is_hidden = hidden[i] || (was_hidden && is_continuation(i));
        if (!is_hidden) out += text[i];
        if (is_hidden && !was_hidden) {
            while (!out.empty() && is_continuation(i) &&
                   static_cast<unsigned char>(out.back()) >= 0x80) {
                const bool is_first = static_cast<unsigned char>(out.back()) >= 0xc0;
                out.pop_back();
                if (is_first) break;
            }
            out += mark;
        }
        was_hidden = is_hidden;
    }
    return out;
}

}
