#pragma once

namespace providers::rest {
struct ErrorMapping;
struct ApiConventions;
}

// How the Hetzner Cloud API says no, lists, and tells of what it does in the background.
namespace providers::hetzner {

const rest::ErrorMapping& error_mapping();
const rest::ApiConventions& conventions();

}
