#include "base/redact.hpp"

#include "base/hash.hpp"
#include "base/random.hpp"
#include "base/text.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <functional>

namespace base {
namespace {

std::string hidden(const std::string& secret, std::string_view text) {
    return Redactor({secret}).hide(text);
}

TEST(Redact, HidesASecretAndLeavesTheRest) {
    EXPECT_EQ(hidden("hunter2hunter2", "the password hunter2hunter2 is wrong"),
              "the password (secret) is wrong");
    EXPECT_EQ(hidden("hunter2hunter2", "nothing to see"), "nothing to see");
    EXPECT_EQ(hidden("hunter2hunter2\n", "hunter2hunter2\n"), "(secret)\n");
    EXPECT_EQ(Redactor().hide("x"), "x");
    EXPECT_EQ(Redactor({"", " \n"}).hide("x \n"), "x \n");
    EXPECT_EQ(Redactor({"hunter2hunter2"}).hide("=hunter2hunter2=", "***"), "=***=");
}

TEST(Redact, HidesWhatIsLeftOfOneThatWasCut) {
    EXPECT_EQ(hidden("hunter2hunter2", "…ter2hunter2 and hunter2h…"), "…(secret) and (secret)…");
}

TEST(Redact, HidesShortOnesAsTheyAreAndTheShortestAlone) {
    EXPECT_EQ(hidden("s3cr", "a s3cr in base64 is czNjcg=="), "a (secret) in base64 is (secret)==");
    EXPECT_EQ(hidden("abc", "abc"), "(secret)");
    EXPECT_EQ(hidden("abc", "abcabc"), "abcabc");
}

TEST(Redact, HidesTheLinesOfALongOneWhereverTheyStand) {
    const std::string key = "-----BEGIN KEY-----\nAAAAB3NzaC1yc2E\n  indented line\n}\n";
    EXPECT_EQ(hidden(key, "> AAAAB3NzaC1yc2E\r\n> }\r\n\tindented line!"),
              "> (secret)\r\n> }\r\n\t(secret)!");
    EXPECT_EQ(hidden(key, "key: \"-----BEGIN KEY-----\\nAAAAB3NzaC1yc2E\\n  indented line\\n}\""),
              "key: \"(secret)\"");
}

TEST(Redact, LeavesWhatSaysNothing) {
    const std::string yaml = "users:\n        - name: x\n----------------\n0000000000000000\n";
    EXPECT_EQ(hidden(yaml, "          \n---------------\n000000000000\n"),
              "          \n---------------\n000000000000\n");
    // Unless it is all there is of the secret.
    EXPECT_EQ(hidden("1111111111", "PIN 1111111111"), "PIN (secret)");
}

TEST(Redact, KnowsOtherNotations) {
    const std::string secret = "p\"ss'w/rd+&\xc3\xa9\n$x";
    for (const char* text : {
             R"(p\"ss'w\/rd+&\u00e9\n$x)",                        // JSON
             R"(p\\\"ss'w/rd+&\\u00e9\\n$x)",                     // JSON in JSON
             R"(p\"ss\'w/rd+&\303\251\n$x)",                      // C
             R"(p\x22ss'w/rd+&\xC3\xa9\n$x)",                     // C again
             R"(p"ss'\''w/rd+&é\n$x)",                            // sh, half
             "p%22ss%27w%2frd%2B%26%C3%A9%0A%24x",                // URL
             "p%22ss'w/rd%2b%26\xc3\xa9%0a$x",                    // URL, half
             "70227373277 72f7264 2b26c3a90a2478",                // hexadecimal
             "70:22:73:73:27:77:2F:72:64:2B:26:C3:A9:0A:24:78",   // with separators
             "0x70, 0x22, 0x73, 0x73, 0x27, 0x77, 0x2f, 0x72, 0x64, 0x2b, 0x26, 0xc3, 0xa9, 0xa",
             "cCJzcyd3L3JkKybDqQokeA",           // base64
             "cCJzcyd3\n  L3JkKybDqQok\n  eA",   // wrapped
         }) {
        const std::string shown = hidden(secret, std::string("<") + text + ">");
        EXPECT_TRUE(shown.starts_with("<(secret)") || shown.starts_with("<0x(secret)"))
            << text << "\n"
            << shown;
        EXPECT_LE(shown.size(), std::string_view("<(secret)é\\n$x>").size() + 12) << shown;
    }
}

TEST(Redact, KnowsWhatHtmlBase32AndUtf16MakeOfIt) {
    const std::string secret = R"(hunter2&"correct")";
    for (const char* text : {
             "hunter2&amp;&quot;correct&quot;",                                // HTML
             "hunter2&#38;&#34;correct&#34;",                                  // by number
             "hunter2&#x26;&#X22;correct&#x22;",                               // in hexadecimal
             "NB2W45DFOIZCMITDN5ZHEZLDOQRA",                                   // base32
             "nb2w45dfoizcmitdn5zhezldoqra",                                   // in lower case
             "NB2W45DFOIZ\nCMITDN5ZHEZLDOQRA",                                 // wrapped
             "PB4GQ5LOORSXEMRGEJRW64TSMVRXIITZPF4Q====",                       // within more
             "ZQBjAGgAbwAgAGgAdQBuAHQAZQByADIAJgAiAGMAbwByAHIAZQBjAHQAIgA=",   // UTF-16 in base64,
                                                                               // for PowerShell
         }) {
        const std::string shown = hidden(secret, text);
        EXPECT_NE(shown.find("(secret)"), shown.npos) << shown;
        EXPECT_LE(shown.size(), std::string_view("(secret)").size() + 16) << shown;
    }
    for (const bool is_big : {false, true}) {
        std::string wide = "x";
        for (const char c : secret) wide += is_big ? std::string{'\0', c} : std::string{c, '\0'};
        EXPECT_LE(hidden(secret, wide).size(), std::string_view("x(secret)").size() + 1);
    }
}

TEST(Redact, CutsNoCharacterInTwo) {
    EXPECT_EQ(hidden("\xa9wertzuio", "xéwertzuioé"), "x(secret)é");
}

TEST(Redact, LetsNothingThroughWhenThereIsTooMuch) {
    EXPECT_EQ(hidden(std::string(Redactor::kMostBytes + 1, 'x'), "hello"), "(secret)");
}

// ---- whatever the secret, whatever is done to it, whatever is around it

class Maker {
public:
    explicit Maker(std::uint64_t seed) : random_(seed) {}

    std::uint64_t below(std::uint64_t limit) { return random_.below(limit); }
    std::string bytes(std::size_t most, std::string_view alphabet = {}) {
        std::string out;
        for (std::uint64_t left = below(most + 1); left > 0; --left) {
            out +=
                alphabet.empty() ? static_cast<char>(below(256)) : alphabet[below(alphabet.size())];
        }
        return out;
    }
    std::string secret() {
        std::string out;
        for (std::uint64_t left = 1 + below(40); left > 0; --left) {
            static constexpr std::string_view kAlphabets[] = {
                "", "abcdefghijklmnopqrstuvwxyzABCDEFGHIJ0123456789+/=", "0123456789abcdef",
                " \t-\"'\\%&+/abc", "äöüß€😀x"};
            out += bytes(80, kAlphabets[below(std::size(kAlphabets))]) + "\n";
        }
        return out;
    }

private:
    Random random_;
};

std::string base64(std::string_view bytes, bool is_url, std::size_t width) {
    const std::string_view alphabet =
        is_url ? "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
               : "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    std::string out;
    std::uint32_t bits = 0;
    int count = 0;
    std::size_t column = 0;
    const auto put = [&](std::uint32_t digit) {
        if (width != 0 && column++ == width) {
            out += '\n';
            column = 1;
        }
        out += alphabet[digit & 63U];
    };
    for (const char c : bytes) {
        bits = bits << 8U | static_cast<unsigned char>(c);
        for (count += 8; count >= 6; count -= 6) put(bits >> (count - 6));
    }
    if (count > 0) put(bits << (6 - count));
    return out;
}

std::string each_byte(std::string_view bytes,
                      const std::function<std::string(unsigned char)>& say) {
    std::string out;
    for (const char c : bytes) out += say(static_cast<unsigned char>(c));
    return out;
}

std::string hex(unsigned char byte, bool is_upper) {
    const std::string_view digits = is_upper ? "0123456789ABCDEF" : "0123456789abcdef";
    return {digits[byte >> 4U], digits[byte & 15U]};
}

std::string percent(std::string_view bytes, bool is_upper, bool is_form) {
    return each_byte(bytes, [&](unsigned char c) -> std::string {
        if (std::isalnum(c) != 0 || c == '-' || c == '.' || c == '_' || c == '~')
            return {static_cast<char>(c)};
        return is_form && c == ' ' ? "+" : "%" + hex(c, is_upper);
    });
}

std::string in_c(std::string_view bytes, bool is_json) {
    return each_byte(bytes, [&](unsigned char c) -> std::string {
        if (c == '"' || c == '\\') return {'\\', static_cast<char>(c)};
        if (c == '\n') return "\\n";
        if (c < ' ') return (is_json ? "\\u00" : "\\x") + hex(c, false);
        return {static_cast<char>(c)};
    });
}

struct Told {
    std::string text;
    std::size_t most_for_a_byte;   // characters
};

Told transformed(Maker& maker, const std::string& bytes) {
    const bool either = maker.below(2) == 0;
    switch (maker.below(9)) {
        case 0:
            // In the middle of a longer text: at each of the three places.
            return {base64(maker.bytes(20) + bytes + maker.bytes(20), either, maker.below(2) * 76),
                    6};
        case 1: return {percent(bytes, either, maker.below(2) == 0), 3};
        case 2: return {in_c(bytes, either), 6};
        case 3: return {in_c(in_c(bytes, either), true), 12};
        case 4: return {replace_all(bytes, "'", either ? "'\\''" : "'\"'\"'"), 5};
        case 5: return {each_byte(bytes, [&](unsigned char c) { return hex(c, either); }), 2};
        case 6: return {each_byte(bytes, [&](unsigned char c) { return hex(c, either) + ":"; }), 3};
        case 7: return {base::replace_all(bytes, "\n", "\r\n\t"), 4};
        default: return {bytes, 1};
    }
}

std::vector<std::string> lines_of(const std::string& secret) {
    std::vector<std::string> out;
    for (const std::string_view line : split(secret, '\n')) out.emplace_back(line);
    return out;
}

// A piece of what was told that is still there, longer than ten bytes of it can be; or "".
std::string left_of(const Told& told, const std::string& shown) {
    const std::size_t size = (Redactor::kWindow + 2) * told.most_for_a_byte;
    for (std::size_t i = 0; i + size <= told.text.size(); ++i) {
        const std::string piece = told.text.substr(i, size);
        if (shown.contains(piece)) return piece;
    }
    return {};
}

bool is_all_telling(const std::string& text) {
    if (text.size() < Redactor::kWindow) return false;
    for (std::size_t i = 0; i + Redactor::kWindow <= text.size(); ++i) {
        if (!Redactor::is_telling(text.substr(i, Redactor::kWindow))) return false;
    }
    return true;
}

TEST(Redact, LeavesNoEightBytesOfALine) {
    std::size_t compared = 0;
    for (std::uint64_t seed = 0; seed < 400; ++seed) {
        Maker maker(seed);
        const std::string secret = maker.secret();
        const std::vector<std::string> lines = lines_of(secret);
        const bool is_line = maker.below(2) == 0;
        const std::string said = is_line ? lines[maker.below(lines.size())] : secret;
        const Told told = transformed(maker, said);
        const std::string before = maker.bytes(200);
        const std::string after = maker.bytes(200);
        const std::string shown = Redactor({"another", secret}).hide(before + told.text + after);
        for (const std::string& line : lines) {
            for (std::size_t i = 0; i + Redactor::kWindow <= line.size(); ++i) {
                const std::string window = line.substr(i, Redactor::kWindow);
                if (!Redactor::is_telling(window)) continue;
                ASSERT_FALSE(shown.contains(window)) << seed << ": " << to_hex(window);
            }
        }
        if (is_all_telling(said)) {
            ++compared;
            EXPECT_EQ(left_of(told, shown), "") << seed << ": " << shown;
        }
    }
    EXPECT_GT(compared, 100U);
}

TEST(Redact, IsTheSameForPiecesAsForAll) {
    Maker maker(7);
    const std::string secret = "correct horse battery staple";
    std::string text;
    std::size_t count = 0;
    // Over the places where a long text is parted.
    while (text.size() < (std::size_t{9} << 17U)) {
        text += maker.bytes(5000, "abc \n") + "." + base64(secret, false, 0) + ". ";
        ++count;
    }
    const std::string shown = Redactor({secret}).hide(text);
    EXPECT_EQ(shown.size(), text.size() - count * (base64(secret, false, 0).size() - 8));
}

}
}
