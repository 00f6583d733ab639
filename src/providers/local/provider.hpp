#pragma once

namespace infra {
class Provider;
}

namespace providers::local {

// What this machine offers: data, files, directories, templates, commands, supervised processes.
const infra::Provider& provider();

}
