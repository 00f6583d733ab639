#pragma once

#include "json/value.hpp"

#include <map>
#include <string>
#include <string_view>
#include <vector>

// The shapes of answers, from a file of ours (shapes.txt): what fields a thing has, and what is in
// them. An answer with a field too few or too many does not fit.
namespace shapes {

struct Field {
    std::string name;
    std::string kind;   // "int", "text", "in(a|b)", a shape's name, or "list KIND"
    bool may_be_null = false;
    bool may_be_absent = false;
};

struct Answer {
    std::string method;
    std::string path;   // "/servers/{id}"
    std::string shape;
};

class Shapes {
public:
    // Problems of the file end the program: it is ours.
    explicit Shapes(std::string_view text);

    // What does not fit, with where it is; empty: nothing.
    std::vector<std::string> problems(std::string_view shape, const json::Value& value) const;
    // The shape of a successful answer; null when the file knows none.
    const Answer* answer_of(std::string_view method, std::string_view path) const;

private:
    void check(const json::Value& value, std::string_view kind, const std::string& where,
               std::vector<std::string>& out) const;
    void check_shape(const json::Value& value, std::string_view shape, const std::string& where,
                     std::vector<std::string>& out) const;

    std::map<std::string, std::vector<Field>, std::less<>> shapes_;
    std::vector<Answer> answers_;
};

}
