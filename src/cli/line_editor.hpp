#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <termios.h>

namespace cli {

// Reads lines from a terminal: the cursor moves, what was typed before comes back, tab completes.
// One line of the screen; a longer text scrolls in it.
class LineEditor {
public:
    // Whole words by which what stands before the cursor may go on.
    using Complete = std::function<std::vector<std::string>(std::string_view before)>;

    explicit LineEditor(Complete complete);
    ~LineEditor();
    LineEditor(const LineEditor&) = delete;
    LineEditor& operator=(const LineEditor&) = delete;

    enum class End : unsigned char { Line, Interrupted, EndOfInput };
    End read(std::string_view prompt, std::string& line);

    void remember(const std::string& line);
    // One entry a line; a file that cannot be read or written is as good as none.
    void load_history(const std::string& path);
    void save_history(const std::string& path) const;

private:
    int next_byte();
    void show(std::string_view prompt) const;
    std::optional<End> key(int byte, std::string_view prompt);
    void escape();
    void move_history(int by);
    void insert(std::string_view text);
    void tab(std::string_view prompt);
    std::size_t previous(std::size_t at) const;
    std::size_t following(std::size_t at) const;

    Complete complete_;
    termios before_{};
    bool is_raw_ = false;
    std::string text_;
    std::size_t cursor_ = 0;
    std::vector<std::string> history_;
    std::size_t at_history_ = 0;
    std::string unfinished_;   // what was typed before one went into the history
};

}
