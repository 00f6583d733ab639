#pragma once

namespace providers::rest {
struct ApiConventions;
struct ErrorMapping;
struct Paging;
}

// What all types of UpCloud's API have in common: version 1.3, in which older services wrap what
// they say and newer ones do not.
namespace providers::upcloud {

const rest::ErrorMapping& error_mapping();
const rest::ApiConventions& conventions();
// Of the newer services; the older ones list all at once.
const rest::Paging& by_offset();

}
