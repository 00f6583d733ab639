#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

// HTTP messages as data, shared by client and server (RFC 9110).
namespace net {

// Header fields in the order they were added. Names compare without case.
class Headers {
public:
    using Field = std::pair<std::string, std::string>;

    Headers() = default;
    Headers(std::initializer_list<Field> fields) : fields_(fields) {}

    void add(std::string name, std::string value);
    void set(std::string_view name, std::string value);   // replaces all of that name
    void remove(std::string_view name);
    // The first of that name.
    std::optional<std::string_view> find(std::string_view name) const;
    const std::vector<Field>& fields() const { return fields_; }

private:
    std::vector<Field> fields_;
};

struct Request {
    std::string method;   // "GET"
    std::string target;   // client: the whole URL; server: path and query as received
    Headers headers;
    std::string body;
};

struct Response {
    int status = 200;
    Headers headers;
    std::string body;
};

// "Not Found" for 404; "Status" for a number without a name.
std::string_view reason_of(int status);

}
