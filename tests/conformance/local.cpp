#include "suite.hpp"

#include "base/fs.hpp"
#include "infra/value.hpp"
#include "providers/local/provider.hpp"

#include <cstdlib>

namespace conformance {
namespace {

using infra::Value;

// A folder that goes with the last subject that uses it.
struct Folder {
    std::string path = *base::make_temporary_directory("conformance");
    ~Folder() { static_cast<void>(base::remove_tree(path)); }
};

Subject subject_of(const std::shared_ptr<Folder>& folder, const char* type) {
    const char* binary = std::getenv("PROVISIONING_BINARY");
    auto connection = providers::local::provider().connect(
        {}, {.workspace_dir = folder->path, .state_dir = folder->path + "/.provisioning",
             .executable = binary != nullptr ? binary : ""});
    Subject subject;
    subject.name = type;
    subject.connection = {connection->release(), [folder](infra::Connection* c) { delete c; }};
    subject.type = providers::local::provider().schema().find(type);
    return subject;
}

Subject file() {
    auto folder = std::make_shared<Folder>();
    Subject subject = subject_of(folder, "local.File");
    subject.inputs = Value(Value::Record{{"path", "a.txt"}, {"content", "one"}, {"mode", "0644"}});
    subject.updated = Value(Value::Record{{"path", "a.txt"}, {"content", "two"}, {"mode", "0600"}});
    subject.replaced = Value(Value::Record{{"path", "b.txt"}, {"content", "one"}, {"mode", "0644"}});
    std::string path = folder->path + "/a.txt";
    subject.change_outside = [path] { static_cast<void>(base::write_file_atomic(path, "other")); };
    subject.remove_outside = [path] { static_cast<void>(base::remove_file(path)); };
    subject.make_foreign = [path] { static_cast<void>(base::write_file_atomic(path, "foreign")); };
    return subject;
}

Subject directory() {
    auto folder = std::make_shared<Folder>();
    Subject subject = subject_of(folder, "local.Directory");
    subject.inputs = Value(Value::Record{{"path", "d"}, {"mode", "0755"}});
    subject.updated = Value(Value::Record{{"path", "d"}, {"mode", "0700"}});
    subject.replaced = Value(Value::Record{{"path", "e"}, {"mode", "0755"}});
    std::string path = folder->path + "/d";
    subject.remove_outside = [path] { static_cast<void>(base::remove_tree(path)); };
    return subject;
}

Subject data() {
    Subject subject = subject_of(std::make_shared<Folder>(), "local.Data");
    subject.inputs = Value(Value::Record{{"value", "x"}});
    subject.updated = Value(Value::Record{{"value", "y"}});
    return subject;
}

}

std::vector<MakeSubject> local_subjects() {
    return {file, directory, data};
}

}
