#include "cli/dispatch.hpp"

// argv may be empty (execve() allows it).
int main(int count, char** arguments) {
    const std::string called_as = count > 0 ? arguments[0] : "";
    return cli::run_program(called_as, {arguments + (count > 0 ? 1 : 0), arguments + count});
}
