#include "embedded/providers.hpp"
#include "providers/rest/describe.hpp"
#include "providers/rest/wire.hpp"
#include "providers/upcloud/types.hpp"

// What a program may ask of UpCloud's catalogue.
namespace providers::upcloud {

std::span<const rest::DataSourceType* const> data_source_types() { return {}; }

}
