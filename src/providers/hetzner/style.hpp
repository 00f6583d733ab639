#pragma once

namespace providers::kit {
struct Dialect;
struct Style;
}

// How the Hetzner Cloud API says no, lists, and tells of what it does in the background.
namespace providers::hetzner {

const kit::Dialect& dialect();
const kit::Style& style();

}
