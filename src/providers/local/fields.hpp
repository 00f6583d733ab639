#pragma once

#include "provider/results.hpp"
#include "provider/values.hpp"

#include <optional>
#include <string>
#include <string_view>

// Reading and making the records that resources are described with.
namespace providers::local {

using provider::done;
using provider::field_of;
using provider::flag_of;
using provider::found;
using provider::integer_of;
using provider::is_set;
using provider::same_field;
using provider::seconds_of;
using provider::text_map_of;
using provider::text_of;
using provider::texts_of;

bool is_changed(const provider::PlannedChange& planned, std::string_view input);

// Permission bits of a text such as "0644".
std::optional<unsigned> parse_mode(std::string_view mode);
// The recorded spelling if it means these bits, otherwise the usual one.
std::string mode_text(unsigned bits, std::string_view recorded);

// Whether what a program prints may go into outputs and messages: unless it is given a secret, or
// as `keep_output` says.
bool keeps_output(const value::Value& inputs);

// "~/x" is a folder called `~` to everybody but a shell: nobody means that.
base::Result<void> refuse_tilde(const std::string& path);

}
