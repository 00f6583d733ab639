#pragma once

#include "net/http/message.hpp"

#include <string>

// Internal to the server: the head of an answer as bytes.
namespace net {

enum class Framing : unsigned char {
    Length,   // by Content-Length
    Own,      // by what the header has already, or by the end of the connection
};

// Fields that would not stay one field (with line breaks in them) are left out.
std::string head_of(const Response& response, bool keep_alive, Framing framing = Framing::Length);
// Whether an answer of this status may have one.
bool has_body(int status);

}
