#include "lang/diag/snippet.hpp"

#include "base/text.hpp"
#include "lang/diag/display_line.hpp"

#include <algorithm>
#include <map>
#include <set>
#include <tuple>

namespace lang {

namespace {

// Lines between the ends of a label that are shown before the rest is left out.
constexpr std::size_t kContext = 3;

struct Ends {
    std::size_t begin_line, begin_offset;   // line 0-based, offset in bytes within it
    std::size_t end_line, end_offset;
};

// Where the lines of a text begin.
class LineIndex {
public:
    explicit LineIndex(std::string_view text) : text_(text) {
        for (std::size_t at = text.find('\n'); at != text.npos; at = text.find('\n', at + 1)) {
            starts_.push_back(at + 1);
        }
    }

    std::size_t line_of(std::size_t offset) const {
        auto after = std::ranges::upper_bound(starts_, offset);
        return static_cast<std::size_t>(after - starts_.begin()) - 1;
    }
    std::size_t start(std::size_t line) const { return starts_[line]; }
    std::string_view line(std::size_t line) const {
        std::size_t end = line + 1 < starts_.size() ? starts_[line + 1] - 1 : text_.size();
        std::string_view result = text_.substr(starts_[line], end - starts_[line]);
        if (result.ends_with('\r')) result.remove_suffix(1);
        return result;
    }

    Ends ends(const Source& source, Span span) const {
        auto clamp = [&](Pos pos) {
            // A position of another source goes to the nearer end.
            return std::min<std::size_t>(pos < source.base ? 0 : pos - source.base, text_.size());
        };
        std::size_t begin = clamp(span.begin);
        std::size_t end = std::max(begin, clamp(span.end));
        // A span that ends with its line does not reach into the next one.
        std::size_t last = end > begin && text_[end - 1] == '\n' ? end - 1 : end;
        Ends result{line_of(begin), 0, line_of(last), 0};
        result.begin_offset = begin - start(result.begin_line);
        result.end_offset = last - start(result.end_line);
        return result;
    }

private:
    std::string_view text_;
    std::vector<std::size_t> starts_{0};
};

// A row of single characters, each with a style, and text behind them.
class Row {
public:
    void put(std::size_t column, std::string_view glyph, Style style) {
        if (cells_.size() <= column) cells_.resize(column + 1, {" ", Style::Plain});
        cells_[column] = {glyph, style};
    }

    std::string text(bool colour) const {
        std::string result;
        std::string run;
        Style style = Style::Plain;
        auto flush = [&] {
            result += style == Style::Plain ? run : styled(run, style, colour);
            run.clear();
        };
        for (const auto& [glyph, glyph_style] : cells_) {
            if (glyph_style != style) {
                flush();
                style = glyph_style;
            }
            run += glyph;
        }
        flush();
        return result;
    }

    std::size_t size() const { return cells_.size(); }

private:
    std::vector<std::pair<std::string_view, Style>> cells_;
};

struct Single {
    std::size_t begin, end;   // columns shown
    const value::Label* label;
};

struct Multi {
    Ends ends;
    const value::Label* label;
    std::size_t lane = 0;   // its column left of the text
};

class Snippet {
public:
    Snippet(const Source& source, const std::vector<const value::Label*>& labels,
            Style primary_style, std::size_t number_width, const RenderOptions& options)
        : index_(source.text), primary_style_(primary_style), number_width_(number_width),
          options_(options) {
        for (const value::Label* label : labels) {
            Ends ends = index_.ends(source, label->span);
            if (ends.begin_line == ends.end_line) {
                singles_[ends.begin_line].push_back({label, ends});
                shown_.insert(ends.begin_line);
            } else {
                multis_.push_back({ends, label});
                add_lines(ends.begin_line, ends.end_line);
            }
        }
        assign_lanes();
    }

    std::string render() {
        std::size_t previous = *shown_.begin();
        for (std::size_t line : shown_) {
            // One line that is left out takes as much room as the sign for it.
            if (line == previous + 2) render_line(previous + 1);
            if (line > previous + 2) {
                out_ += std::string(number_width_ + 1, ' ') +
                        styled("·", Style::Frame, options_.colour) +
                        lanes(line).text(options_.colour) + '\n';
            }
            render_line(line);
            previous = line;
        }
        return std::move(out_);
    }

private:
    using Marks = std::vector<std::pair<const value::Label*, Ends>>;

    void add_lines(std::size_t first, std::size_t last) {
        shown_.insert(first);
        shown_.insert(last);
        // Either all between the two ends or none of it: a record of a thousand lines is not shown
        // for its braces.
        if (last - first - 1 > 2 * kContext) return;
        for (std::size_t line = first; line < last; ++line) shown_.insert(line);
    }

    // The labels that span lines at the same time lie beside each other.
    void assign_lanes() {
        // The longer is the outer one.
        std::ranges::sort(multis_, {}, [](const Multi& multi) {
            return std::tuple(multi.ends.begin_line, ~multi.ends.end_line, multi.label);
        });
        std::vector<std::size_t> busy_until;
        for (Multi& multi : multis_) {
            std::size_t lane = 0;
            // Two labels share a lane when one ends before the other begins.
            while (lane < busy_until.size() && busy_until[lane] >= multi.ends.begin_line) ++lane;
            if (lane == busy_until.size()) busy_until.push_back(0);
            busy_until[lane] = multi.ends.end_line;
            multi.lane = lane;
        }
        lane_count_ = busy_until.size();
    }

    Style style_of(const value::Label& label) const {
        return label.primary ? primary_style_ : Style::Secondary;
    }

    std::size_t margin() const { return 1 + 2 * lane_count_; }

    // A row with the lanes of the labels that go on through it.
    Row lanes(std::size_t line, const Multi* but = nullptr, bool after_ends = false) const {
        Row row;
        for (const Multi& multi : multis_) {
            bool begun = multi.ends.begin_line < line || started_.contains(&multi);
            bool ended = multi.ends.end_line < line || (after_ends && finished_.contains(&multi));
            if (&multi != but && begun && !ended) {
                row.put(1 + 2 * multi.lane, "│", style_of(*multi.label));
            }
        }
        return row;
    }

    void begin_row(std::string_view number) {
        std::string padded(number_width_ - number.size(), ' ');
        padded += number;
        out_ += styled(padded + " │", Style::Frame, options_.colour);
    }

    void end_row() {
        std::size_t last = out_.find_last_not_of(' ');
        out_.erase(last + 1);
        out_ += '\n';
    }

    void put_row(const Row& row, std::string_view text = {}, Style style = Style::Plain) {
        begin_row("");
        out_ += row.text(options_.colour);
        if (!text.empty()) out_ += styled(base::escape_controls(text), style, options_.colour);
        end_row();
    }

    void render_line(std::size_t line) {
        DisplayLine display(index_.line(line));
        cut(display, line);
        begin_row(std::to_string(line + 1));
        Row before = lanes(line);
        out_ += before.text(options_.colour);
        out_.append(margin() - before.size(), ' ');
        out_ += display.text();
        end_row();
        if (auto marks = singles_.find(line); marks != singles_.end()) {
            render_singles(line, display, marks->second);
        }
        for (const Multi& multi : multis_) {
            if (multi.ends.end_line == line) render_end(line, display, multi);
        }
        for (const Multi& multi : multis_) {
            if (multi.ends.begin_line == line) render_begin(line, display, multi);
        }
        started_.clear();
        finished_.clear();
    }

    void cut(DisplayLine& display, std::size_t line) const {
        std::size_t taken = number_width_ + 2 + margin();
        // Forty columns at the least: in a very narrow terminal lines break, but what is marked
        // can still be read.
        std::size_t room = options_.width > taken + 40 ? options_.width - taken : 40;
        if (display.width() <= room) return;
        std::size_t begin = display.width();
        std::size_t end = 0;
        // What primary labels show comes first, the others if there is room.
        auto include = [&](const value::Label& label, bool primary, std::size_t from,
                           std::size_t to) {
            if (label.primary != primary) return;
            std::size_t lowest = std::min(begin, display.column(from));
            std::size_t highest = std::max(end, display.column(to));
            // What is beside the point is shown only where all fits into half of the room: else a
            // label at the far end would push the other to the edge.
            if (!primary && end != 0 && highest - lowest > room / 2) return;
            begin = lowest;
            end = highest;
        };
        for (bool primary : {true, false}) {
            if (auto marks = singles_.find(line); marks != singles_.end()) {
                for (const auto& [label, ends] : marks->second) {
                    include(*label, primary, ends.begin_offset, ends.end_offset);
                }
            }
            for (const auto& [ends, label, lane] : multis_) {
                if (ends.begin_line == line)
                    include(*label, primary, ends.begin_offset, ends.begin_offset);
                if (ends.end_line == line)
                    include(*label, primary, ends.end_offset, ends.end_offset);
            }
        }
        display.cut(room, std::min(begin, end), end);
    }

    void render_singles(std::size_t line, const DisplayLine& display, const Marks& marks) {
        std::vector<Single> singles;
        for (const auto& [label, ends] : marks) {
            std::size_t begin = display.shown_column(ends.begin_offset);
            std::size_t end = display.shown_column(ends.end_offset);
            // An empty span, such as the end of a file, is marked as well.
            singles.push_back({begin, std::max(end, begin + 1), label});
        }
        // Primary underlines are drawn over the others.
        std::ranges::sort(singles, {}, [](const Single& single) { return single.label->primary; });
        Row row = lanes(line);
        for (const Single& single : singles) {
            for (std::size_t at = single.begin; at < single.end; ++at) {
                row.put(margin() + at, single.label->primary ? "^" : "-", style_of(*single.label));
            }
        }
        std::ranges::sort(singles, {}, [](const Single& single) {
            return std::tuple(single.begin, single.end, single.label);
        });
        const Single& last = singles.back();
        // Its text may stand behind the marks when nothing is marked behind it or under it, as in
        //   foo + bar
        //   ---   ^^^ this one
        // where the text of the first hangs below.
        bool is_alone_at_end = std::ranges::all_of(singles, [&last](const Single& single) {
            return &single == &last || single.end <= last.begin;
        });
        if (is_alone_at_end) {
            std::string_view text = last.label->text;
            if (!text.empty()) row.put(row.size(), " ", Style::Plain);
            put_row(row, text, style_of(*last.label));
            singles.pop_back();
        } else {
            put_row(row);
        }
        std::erase_if(singles, [](const Single& single) { return single.label->text.empty(); });
        render_hanging(line, singles);
    }

    // The remarks that found no place behind the underlines, from right to left.
    void render_hanging(std::size_t line, std::vector<Single>& singles) {
        auto pointers = [&](std::size_t count) {
            Row row = lanes(line);
            for (std::size_t i = 0; i < count; ++i) {
                row.put(margin() + singles[i].begin, "│", style_of(*singles[i].label));
            }
            return row;
        };
        if (singles.empty()) return;
        put_row(pointers(singles.size()));
        for (std::size_t i = singles.size(); i-- > 0;) {
            // No pointer of a label that begins at the same place stands before the text.
            std::size_t left = i;
            while (left > 0 && singles[left - 1].begin == singles[i].begin) --left;
            Row row = pointers(left);
            std::size_t at = margin() + singles[i].begin;
            while (row.size() < at) row.put(row.size(), " ", Style::Plain);
            put_row(row, singles[i].label->text, style_of(*singles[i].label));
        }
    }

    void render_begin(std::size_t line, const DisplayLine& display, const Multi& multi) {
        Row row = lanes(line, &multi, true);
        std::size_t lane = 1 + 2 * multi.lane;
        std::size_t column = margin() + display.shown_column(multi.ends.begin_offset);
        Style style = style_of(*multi.label);
        row.put(lane, "╭", style);
        for (std::size_t at = lane + 1; at < column; ++at) row.put(at, "─", style);
        row.put(column, multi.label->primary ? "^" : "-", style);
        put_row(row);
        started_.insert(&multi);
    }

    void render_end(std::size_t line, const DisplayLine& display, const Multi& multi) {
        Row row = lanes(line, &multi, true);
        std::size_t lane = 1 + 2 * multi.lane;
        // The last character of the label, not the one behind it.
        std::size_t last = display.previous(multi.ends.end_offset);
        std::size_t column = margin() + display.shown_column(last);
        Style style = style_of(*multi.label);
        row.put(lane, "╰", style);
        for (std::size_t at = lane + 1; at < column; ++at) row.put(at, "─", style);
        row.put(column, multi.label->primary ? "^" : "-", style);
        if (!multi.label->text.empty()) row.put(row.size(), " ", Style::Plain);
        put_row(row, multi.label->text, style);
        finished_.insert(&multi);
    }

    LineIndex index_;
    Style primary_style_;
    std::size_t number_width_;
    RenderOptions options_;
    std::map<std::size_t, Marks> singles_;
    std::vector<Multi> multis_;
    std::size_t lane_count_ = 0;
    std::set<std::size_t> shown_;
    std::set<const Multi*> started_;
    std::set<const Multi*> finished_;
    std::string out_;
};

}

std::string styled(std::string_view text, Style style, bool colour) {
    if (!colour || style == Style::Plain || text.empty()) return std::string(text);
    std::string_view code;
    switch (style) {
        case Style::Error: code = "1;31"; break;
        case Style::Warning: code = "1;33"; break;
        case Style::Secondary: code = "1;34"; break;
        case Style::Frame: code = "34"; break;
        case Style::Heading: code = "1"; break;
        case Style::Plain: break;
    }
    return base::style_text(code, text);
}

std::string render_snippet(const Source& source, const std::vector<const value::Label*>& labels,
                           Style primary_style, std::size_t number_width,
                           const RenderOptions& options) {
    return Snippet(source, labels, primary_style, number_width, options).render();
}

std::size_t last_line_of(const Source& source, const std::vector<const value::Label*>& labels) {
    LineIndex index(source.text);
    std::size_t last = 0;
    for (const value::Label* label : labels)
        last = std::max(last, index.ends(source, label->span).end_line);
    return last + 1;
}

}
