#include "providers/local/provider.hpp"

#include "base/text.hpp"
#include "provider/provider.hpp"
#include "providers/local/files_read.hpp"
#include "providers/local/resource_handlers.hpp"
#include "providers/local/workspace.hpp"

#include <fmt/core.h>

#include <cerrno>
#include <map>

#include <fcntl.h>
#include <sys/stat.h>
#include <sys/xattr.h>

namespace providers::local {
namespace {

// Calls to this machine as the user that runs the program.
class LocalConnection final : public provider::Connection {
public:
    explicit LocalConnection(const provider::Host& host) : workspace_(host) {
        capabilities_.tags = true;
        // A write ends with the process that makes it. Children of commands, and supervisors, live
        // on, but hold locks: find() sees them run.
        capabilities_.effects_die_with_process = true;
        capabilities_.max_parallel = 16;
        for (const HandlerEntry& entry : kinds()) {
            std::unique_ptr<ResourceHandler> kind = entry.make(workspace_);
            const std::string_view name = kind->type().name;
            handlers_.emplace(name, std::move(kind));
        }
    }

    const provider::Capabilities& capabilities() const override { return capabilities_; }
    std::string identity() const override { return "local"; }

    base::Result<void> validate(const provider::ResourceType& type,
                                const value::Value& inputs) override {
        return TRY(kind(type.name))->validate(inputs);
    }

    // Files, directories and templates share the paths of this machine.
    // By path and not by type: a file and a directory of one path stand in each other's way.
    std::vector<provider::ConflictKey> conflict_keys(const provider::ResourceType& type,
                                                     const value::Value& inputs) override {
        if (type.key != "path") return Connection::conflict_keys(type, inputs);
        const value::Value* path = inputs.find(type.key);
        const std::string* text = path != nullptr ? path->as_string() : nullptr;
        if (text == nullptr) return {};
        return {{.text = workspace_.absolute(*text), .input = type.key}};
    }

    base::Result<provider::PlannedChange> plan(const provider::Change& change,
                                               provider::CallContext) override {
        const ResourceHandler* of_type = TRY(kind(change.type.name));
        const provider::Change normalized = with_path_as_wanted(change);
        provider::PlannedChange planned = provider::plan_by_schema(normalized);
        TRY(of_type->refine(normalized, planned));
        const bool is_made = planned.action == provider::PlannedAction::Create ||
                             planned.action == provider::PlannedAction::Replace;
        if (is_made && change.type.key == "path") TRY(check_is_free(change));
        return planned;
    }

    bool plan_calls_out(const provider::ResourceType& type) const override {
        const auto of_type = kind(type.name);
        return of_type.ok() && (*of_type)->refine_reads();
    }

    base::Result<std::optional<provider::ObservedResource>>
    read(const provider::ResourceType& type, const std::string& key,
         const value::Value& recorded_inputs, provider::CallContext context) override {
        return TRY(kind(type.name))->read(key, recorded_inputs, context);
    }

    base::Result<provider::OperationResult> start(const provider::Intent& intent,
                                                  provider::CallContext context) override {
        return TRY(kind(intent.type))->start(intent, context);
    }

    base::Result<provider::OperationResult> poll(const provider::Intent& intent,
                                                 provider::CallContext context) override {
        return TRY(kind(intent.type))->poll(intent, context);
    }

    base::Result<provider::LookupResult> find(const provider::Intent& intent,
                                              provider::CallContext context) override {
        return TRY(kind(intent.type))->find(intent, context);
    }

private:
    static const std::string* path_in(const value::Value& inputs) {
        const value::Value* path = inputs.find("path");
        return path != nullptr ? path->as_string() : nullptr;
    }

    // "out/" is "out".
    provider::Change with_path_as_wanted(const provider::Change& change) const {
        provider::Change out = change;
        const std::string* wanted = path_in(change.inputs);
        if (change.type.key != "path" || wanted == nullptr || !change.prior) return out;
        for (value::Value* inputs : {&out.prior->inputs, &out.recorded_inputs}) {
            const std::string* is = path_in(*inputs);
            if (is != nullptr && workspace_.absolute(*is) == workspace_.absolute(*wanted)) {
                inputs->set("path", *wanted);
            }
        }
        return out;
    }

    // What is in the way and not ours is not taken away by any step of the plan: told before one
    // begins. That another file is there is for the step, which may be told to overwrite it.
    base::Result<void> check_is_free(const provider::Change& change) const {
        const std::string* path = path_in(change.inputs);
        if (path == nullptr) return {};
        const Workspace::Opened there = workspace_.open(base::normal_path(*path), O_RDONLY);
        struct ::stat info{};
        if (there.error != 0 || ::fstat(there.fd.get(), &info) != 0) return {};
        const bool wants_folder = change.type.name == directory_type().name;
        if (S_ISDIR(info.st_mode) == wants_folder) return {};
        // Where nothing can be marked, nobody knows whose it is.
        const bool is_marked = !read_marks(there.fd.get()).token.empty();
        const bool has_marks =
            ::fgetxattr(there.fd.get(), "user.provisioning", nullptr, 0) >= 0 || errno != ENOTSUP;
        if (is_marked || is_implied(there.fd.get()) || !has_marks) return {};
        base::Error error = base::invalid_argument(
            fmt::format("`path`: \"{}\" is a {} that was not made by this resource", *path,
                        wants_folder ? "file" : "directory"));
        auto about = std::make_shared<provider::CallFailure>();
        about->input = "path";
        return std::move(error)
            .with_detail(std::move(about))
            .with_help("choose another path, or move it out of the way");
    }

    base::Result<const ResourceHandler*> kind(std::string_view type) const {
        const auto found = handlers_.find(type);
        if (found != handlers_.end()) return found->second.get();
        return base::not_found("the local provider has no type \"" + std::string(type) + "\"");
    }

    Workspace workspace_;
    provider::Capabilities capabilities_;
    std::map<std::string_view, std::unique_ptr<ResourceHandler>> handlers_;
};

class LocalProvider final : public provider::Provider {
public:
    LocalProvider() {
        schema_.provider = "local";
        schema_.doc = "This machine: data, files, directories, templates, commands and processes.";
        for (const HandlerEntry& entry : kinds()) schema_.types.push_back(entry.type());
    }

    const provider::Schema& schema() const override { return schema_; }

    base::Result<std::unique_ptr<provider::Connection>>
    connect(const value::Value&, const provider::Host& host) const override {
        return std::unique_ptr<provider::Connection>(std::make_unique<LocalConnection>(host));
    }

    std::vector<std::string> files_of(const provider::ResourceType& type,
                                      const value::Value& inputs,
                                      const provider::Host& host) const override {
        return local::files_of(type.name, inputs, host);
    }
    std::vector<provider::Program> programs_to_look(const provider::Host& host,
                                                    const provider::ResourceType& type,
                                                    const value::Value& inputs) const override {
        // The one type that is looked at by starting something: a state may have many rows of the
        // others.
        if (type.name != command_type().name) return {};
        const Workspace workspace(host);
        for (const HandlerEntry& entry : kinds()) {
            if (entry.type().name == type.name)
                return entry.make(workspace)->programs_to_look(inputs);
        }
        return {};
    }

private:
    provider::Schema schema_;
};

}

const provider::Provider& provider() {
    static const LocalProvider* const kProvider = new LocalProvider;
    return *kProvider;
}

}
