#include "cli/line_editor.hpp"

#include "base/fs.hpp"
#include "base/text.hpp"

#include <algorithm>
#include <cerrno>

#include <sys/ioctl.h>
#include <unistd.h>

namespace cli {

// As shells do by default; each start reads all of them.
constexpr std::size_t kMaxHistory = 1000;
// The keys of Emacs, which every shell and debugger has.
constexpr int kControlA = 1, kControlB = 2, kControlC = 3, kControlD = 4, kControlE = 5,
              kControlF = 6, kTab = 9, kLineFeed = 10, kControlK = 11, kControlL = 12, kReturn = 13,
              kControlN = 14, kControlP = 16, kControlU = 21, kControlW = 23, kEscape = 27,
              kBackspace = 127, kControlH = 8;

LineEditor::LineEditor(Complete complete) : complete_(std::move(complete)) {
    // Of a pipe there is nothing to set: then lines are read as they come.
    is_raw_ = ::tcgetattr(STDIN_FILENO, &before_) == 0;
}

LineEditor::~LineEditor() {
    if (is_raw_) ::tcsetattr(STDIN_FILENO, TCSADRAIN, &before_);
}

int LineEditor::next_byte() {
    unsigned char byte = 0;
    for (;;) {
        const ssize_t count = ::read(STDIN_FILENO, &byte, 1);
        if (count == 1) return byte;
        // A window that changes its size is a signal as well.
        if (count < 0 && errno == EINTR) continue;
        return -1;
    }
}

// UTF-8: a byte within a character, where the cursor cannot stand.
static bool continues(char c) { return (static_cast<unsigned char>(c) & 0xC0U) == 0x80U; }

std::size_t LineEditor::previous(std::size_t at) const {
    if (at > 0) --at;
    while (at > 0 && continues(text_[at])) --at;
    return at;
}

std::size_t LineEditor::following(std::size_t at) const {
    if (at < text_.size()) ++at;
    while (at < text_.size() && continues(text_[at])) ++at;
    return at;
}

static std::size_t columns() {
    winsize size{};
    // Some terminals tell 0, or a size too small to show anything in.
    if (::ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) != 0 || size.ws_col < 20) return 80;
    return size.ws_col;
}

// The whole line anew: a line is short, and nothing has to be known of what was there.
void LineEditor::show(std::string_view prompt) const {
    const std::size_t room = columns() - 1 - std::min(columns() - 10, prompt.size());
    std::size_t begin = 0;
    const auto width = [&](std::size_t from, std::size_t to) {
        return base::display_width(std::string_view(text_).substr(from, to - from));
    };
    while (width(begin, cursor_) > room) begin = following(begin);
    std::size_t end = cursor_;
    while (end < text_.size() && width(begin, following(end)) <= room) end = following(end);
    std::string out = "\r" + std::string(prompt) + text_.substr(begin, end - begin) + "\x1b[K\r";
    const std::size_t column = prompt.size() + width(begin, cursor_);
    if (column > 0) out += "\x1b[" + std::to_string(column) + "C";
    (void)base::write_all(STDOUT_FILENO, out);
}

void LineEditor::insert(std::string_view text) {
    text_.insert(cursor_, text);
    cursor_ += text.size();
}

void LineEditor::move_history(int by) {
    const auto wanted = static_cast<std::ptrdiff_t>(at_history_) + by;
    if (wanted < 0 || wanted > static_cast<std::ptrdiff_t>(history_.size())) return;
    if (at_history_ == history_.size()) unfinished_ = text_;
    at_history_ = static_cast<std::size_t>(wanted);
    text_ = at_history_ == history_.size() ? unfinished_ : history_[at_history_];
    cursor_ = text_.size();
}

// As far as all candidates agree; the list of them if they do not.
void LineEditor::tab(std::string_view prompt) {
    const std::vector<std::string> found = complete_(std::string_view(text_).substr(0, cursor_));
    if (found.empty()) return;
    std::string shared = found.front();
    for (const std::string& one : found) {
        const auto [end, other] = std::ranges::mismatch(shared, one);
        shared.erase(end, shared.end());
    }
    // How much of it stands there already.
    std::size_t there = std::min(shared.size(), cursor_);
    while (there > 0 && text_.compare(cursor_ - there, there, shared, 0, there) != 0) --there;
    if (shared.size() > there) return insert(std::string_view(shared).substr(there));
    if (found.size() < 2) return;
    std::string list = "\r\n";
    for (const std::string& one : found) list += base::shown_text(one) + "  ";
    (void)base::write_all(STDOUT_FILENO, list + "\r\n");
    show(prompt);
}

// Arrows and the like come as several bytes.
void LineEditor::escape() {
    const int kind = next_byte();
    if (kind != '[' && kind != 'O') return;
    int byte = next_byte();
    int number = 0;
    while (byte >= '0' && byte <= '9') {
        number = number * 10 + (byte - '0');
        if (number > 1000) return;
        byte = next_byte();
    }
    switch (byte) {
        case 'A': return move_history(-1);
        case 'B': return move_history(1);
        case 'C': cursor_ = following(cursor_); return;
        case 'D': cursor_ = previous(cursor_); return;
        case 'H': cursor_ = 0; return;
        case 'F': cursor_ = text_.size(); return;
        case '~':
            if (number == 1 || number == 7) cursor_ = 0;
            if (number == 4 || number == 8) cursor_ = text_.size();
            if (number == 3) text_.erase(cursor_, following(cursor_) - cursor_);
            return;
        default: return;
    }
}

std::optional<LineEditor::End> LineEditor::key(int byte, std::string_view prompt) {
    switch (byte) {
        case -1: return End::EndOfInput;
        case kReturn:
        case kLineFeed: return End::Line;
        case kControlC: return End::Interrupted;
        case kControlD:
            if (text_.empty()) return End::EndOfInput;
            text_.erase(cursor_, following(cursor_) - cursor_);
            break;
        case kControlA: cursor_ = 0; break;
        case kControlE: cursor_ = text_.size(); break;
        case kControlB: cursor_ = previous(cursor_); break;
        case kControlF: cursor_ = following(cursor_); break;
        case kControlK: text_.erase(cursor_); break;
        case kControlU:
            text_.erase(0, cursor_);
            cursor_ = 0;
            break;
        case kControlW: {
            std::size_t begin = cursor_;
            while (begin > 0 && text_[begin - 1] == ' ') --begin;
            while (begin > 0 && text_[begin - 1] != ' ') --begin;
            text_.erase(begin, cursor_ - begin);
            cursor_ = begin;
            break;
        }
        case kControlP: move_history(-1); break;
        case kControlN: move_history(1); break;
        case kControlL: (void)base::write_all(STDOUT_FILENO, "\x1b[H\x1b[2J"); break;
        case kControlH:
        case kBackspace: {
            const std::size_t begin = previous(cursor_);
            text_.erase(begin, cursor_ - begin);
            cursor_ = begin;
            break;
        }
        case kTab: tab(prompt); break;
        case kEscape: escape(); break;
        default: {
            if (byte < ' ') break;
            const char c = static_cast<char>(byte);
            insert(std::string_view(&c, 1));
        }
    }
    return std::nullopt;
}

LineEditor::End LineEditor::read(std::string_view prompt, std::string& line) {
    termios raw = before_;
    raw.c_lflag &= ~static_cast<tcflag_t>(ICANON | ECHO | ISIG | IEXTEN);
    raw.c_iflag &= ~static_cast<tcflag_t>(ICRNL | IXON);
    if (is_raw_) ::tcsetattr(STDIN_FILENO, TCSADRAIN, &raw);
    text_.clear();
    cursor_ = 0;
    at_history_ = history_.size();
    std::optional<End> end;
    while (!end) {
        // Not within a character.
        if (cursor_ == text_.size() || !continues(text_[cursor_])) show(prompt);
        end = key(next_byte(), prompt);
    }
    if (is_raw_) ::tcsetattr(STDIN_FILENO, TCSADRAIN, &before_);
    (void)base::write_all(STDOUT_FILENO, "\n");
    line = text_;
    return *end;
}

void LineEditor::remember(const std::string& line) {
    if (base::trim(line).empty() || (!history_.empty() && history_.back() == line)) return;
    history_.push_back(line);
    if (history_.size() > kMaxHistory) history_.erase(history_.begin());
}

void LineEditor::load_history(const std::string& path) {
    const auto text = base::read_file(path);
    // The first start has none, and one that cannot be read is no reason not to work.
    if (!text) return;
    for (const std::string_view line : base::split_lines(*text)) remember(std::string(line));
}

void LineEditor::save_history(const std::string& path) const {
    std::string text;
    for (const std::string& line : history_) {
        // The file has an entry a line: what spans several lives for this session.
        if (line.find('\n') == line.npos) text += line + "\n";
    }
    (void)base::make_directories(std::string(base::parent_path(path)), 0700);
    // Only for its owner: secrets may have been typed.
    (void)base::write_file_atomic(path, text, {.mode = 0600, .sync = false});
}

}
