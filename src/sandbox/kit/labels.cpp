#include "sandbox/kit/labels.hpp"

#include <fmt/core.h>

#include <algorithm>

namespace sandbox {
namespace {

constexpr std::size_t kLongestName = 63;
constexpr std::size_t kLongestPrefix = 253;
constexpr std::size_t kMostLabels = 1000;
constexpr std::size_t kMostTerms = 100;

bool is_alphanumeric(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
}

bool is_inner(char c) { return is_alphanumeric(c) || c == '-' || c == '_' || c == '.'; }

// As Kubernetes has labels: 63 characters, letters and digits at both ends.
bool is_word(std::string_view text) {
    return !text.empty() && text.size() <= kLongestName && is_alphanumeric(text.front()) &&
           is_alphanumeric(text.back()) && std::all_of(text.begin(), text.end(), is_inner);
}

bool is_prefix(std::string_view text) {
    if (text.empty() || text.size() > kLongestPrefix) return false;
    char before = '.';
    for (const char c : text) {
        const bool ok = (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '.';
        if (!ok || ((c == '.' || c == '-') && before == '.')) return false;
        before = c;
    }
    return before != '.' && before != '-';
}

// "example.com/role": a DNS name before the slash.
bool is_key(std::string_view key) {
    const std::size_t slash = key.find('/');
    if (slash == std::string_view::npos) return is_word(key);
    return is_prefix(key.substr(0, slash)) && is_word(key.substr(slash + 1));
}

// Reads a selector from left to right.
class Reader {
public:
    explicit Reader(std::string_view text) : text_(text) {}

    bool at_end() {
        skip();
        return at_ >= text_.size();
    }
    bool take(std::string_view what) {
        skip();
        if (!text_.substr(at_).starts_with(what)) return false;
        at_ += what.size();
        return true;
    }
    // Takes the characters of keys and values; what it took is checked afterwards, so the message
    // can name it.
    std::string_view word() {
        skip();
        const std::size_t from = at_;
        while (at_ < text_.size() && (is_inner(text_[at_]) || text_[at_] == '/')) ++at_;
        return text_.substr(from, at_ - from);
    }
    // A word that an operator is spelled with, only if it stands alone.
    // "in" may also be the beginning of a word, and a key may be called "in".
    bool take_word(std::string_view what) {
        const std::size_t before = at_;
        if (word() == what) return true;
        at_ = before;
        return false;
    }
    base::Error failed(std::string_view what) const {
        return base::invalid_argument(fmt::format("invalid {} at position {}", what, at_));
    }
    void skip() {
        while (at_ < text_.size() && text_[at_] == ' ') ++at_;
    }

private:
    std::string_view text_;
    std::size_t at_ = 0;
};

base::Result<std::vector<std::string>> values_in(Reader& reader) {
    std::vector<std::string> values;
    if (!reader.take("(")) return reader.failed("list of values");
    do {
        const std::string_view value = reader.word();
        if (!value.empty() && !is_word(value)) return reader.failed("value");
        values.emplace_back(value);
    } while (reader.take(","));
    if (!reader.take(")")) return reader.failed("list of values");
    return values;
}

base::Result<std::string> value_of(Reader& reader) {
    const std::string_view value = reader.word();
    if (!value.empty() && !is_word(value)) return reader.failed("value");
    return std::string(value);
}

}

std::string problem_of_labels(const json::Value& labels, std::string_view reserved_prefix) {
    if (!labels.is_object()) return "Not a valid mapping type.";
    if (labels.as_object()->size() > kMostLabels) return "too many labels";
    for (const auto& [key, value] : *labels.as_object()) {
        if (!is_key(key)) return fmt::format("label key '{}' is not correctly formatted", key);
        if (!reserved_prefix.empty() && key.starts_with(reserved_prefix)) {
            return fmt::format("label key '{}' has a reserved prefix", key);
        }
        const std::string* text = value.as_string();
        if (text == nullptr || (!text->empty() && !is_word(*text))) {
            return fmt::format("label value of '{}' is not correctly formatted", key);
        }
    }
    return {};
}

base::Result<Selector> Selector::parse(std::string_view text) {
    Selector selector;
    Reader reader(text);
    if (reader.at_end()) return selector;
    do {
        // Matched with every record of a list.
        if (selector.terms_.size() == kMostTerms) return reader.failed("number of terms");
        Term term;
        const bool negated = reader.take("!");
        reader.skip();
        const Reader before = reader;
        term.key = std::string(reader.word());
        if (!is_key(term.key)) return before.failed("identifier");
        // "!key" has no operator behind it.
        if (negated) {
            term.kind = Term::Kind::HasNot;
            // "!=" before "=", since both begin where a "=" could be.
        } else if (reader.take("!=")) {
            term.kind = Term::Kind::NotIn;
            term.values.push_back(TRY(value_of(reader)));
        } else if (reader.take("==") || reader.take("=")) {
            term.kind = Term::Kind::In;
            term.values.push_back(TRY(value_of(reader)));
        } else if (reader.take_word("in")) {
            term.kind = Term::Kind::In;
            term.values = TRY(values_in(reader));
        } else if (reader.take_word("notin")) {
            term.kind = Term::Kind::NotIn;
            term.values = TRY(values_in(reader));
        }
        selector.terms_.push_back(std::move(term));
    } while (reader.take(","));
    if (!reader.at_end()) return reader.failed("operator");
    return selector;
}

bool Selector::matches(const json::Value* labels) const {
    for (const Term& term : terms_) {
        const json::Value* value = labels == nullptr ? nullptr : labels->find(term.key);
        const std::string* text = value == nullptr ? nullptr : value->as_string();
        const bool is_in = text != nullptr && std::find(term.values.begin(), term.values.end(),
                                                        *text) != term.values.end();
        switch (term.kind) {
            case Term::Kind::Has:
                if (text == nullptr) return false;
                break;
            case Term::Kind::HasNot:
                if (text != nullptr) return false;
                break;
            case Term::Kind::In:
                if (!is_in) return false;
                break;
            case Term::Kind::NotIn:
                if (is_in) return false;   // what lacks the key matches, as in Kubernetes
                break;
        }
    }
    return true;
}

}
