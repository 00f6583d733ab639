#include "providers/local/resource_handlers.hpp"

namespace providers::local {

std::span<const HandlerEntry> kinds() {
    static constexpr HandlerEntry kKinds[] = {
        {data_type, make_data},           {file_type, make_file},
        {directory_type, make_directory}, {template_type, make_template},
        {command_type, make_command},     {process_type, make_process},
    };
    return kKinds;
}

base::Result<provider::OperationResult> ResourceHandler::poll(const provider::Intent& intent,
                                                              const provider::CallContext&) const {
    return base::internal("nothing of " + intent.type + " runs in the background");
}

}
