#include "value/secret_reference.hpp"

namespace value {

std::optional<SecretReference> next_secret_reference(std::string_view text, std::size_t from) {
    for (;;) {
        // Brackets that are no reference are ordinary text, and a reference may come behind them;
        // so the search goes on right after the opening one, not after the closing one.
        std::size_t begin = text.find(kSecretOpen, from);
        if (begin == std::string_view::npos) return std::nullopt;
        std::size_t end = text.find(kSecretClose, begin);
        if (end == std::string_view::npos) return std::nullopt;
        std::string_view name = text.substr(begin + 1, end - begin - 1);
        // What follows the stamp says where it was made; the name is before it.
        name = name.substr(0, name.find(kSecretStamp));
        if (name.starts_with("env:") || name.starts_with("file:")) {
            return SecretReference{.begin = begin, .end = end + 1, .name = name};
        }
        from = begin + 1;
    }
}

bool has_secret_reference(std::string_view text) {
    return next_secret_reference(text, 0).has_value();
}

}
