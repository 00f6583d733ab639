#pragma once

namespace provider {
class Provider;
}

namespace providers::local {

// What this machine offers: data, files, directories, templates, commands, supervised processes.
const provider::Provider& provider();

}
