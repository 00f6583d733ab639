#include "provider/redaction.hpp"

namespace provider {

static void collect(const value::Value& value, bool is_secret, std::vector<std::string>& out) {
    is_secret = is_secret || value.is_secret();
    if (const value::Value::Array* items = value.as_array()) {
        for (const value::Value& item : *items) collect(item, is_secret, out);
    } else if (const value::Value::Record* members = value.as_record()) {
        for (const auto& member : *members) collect(member.second, is_secret, out);
    } else if (!is_secret) {
        return;
    } else if (const std::string* text = value.as_string()) {
        out.push_back(*text);
    } else if (const std::int64_t* number = value.as_integer()) {
        out.push_back(std::to_string(*number));
    }
}

std::vector<std::string> secret_texts(std::initializer_list<const value::Value*> handed) {
    std::vector<std::string> out;
    for (const value::Value* value : handed) collect(*value, false, out);
    return out;
}

base::Redactor redactor_of(std::initializer_list<const value::Value*> handed) {
    return base::Redactor(secret_texts(handed));
}

}
