#include "base/hash.hpp"
#include "base/text.hpp"
#include "embedded/providers.hpp"
#include "providers/local/describe.hpp"
#include "providers/local/fields.hpp"
#include "providers/local/managed_file.hpp"
#include "providers/local/resource_handler.hpp"

// local.File: a file with a given content. Refresh reads and hashes the whole file each time: a
// comparison of size and time could miss a change, and reading costs less than looking up a record.
namespace providers::local {
namespace {

provider::ResourceType describe() {
    provider::ResourceType type;
    type.name = "local.File";
    type.doc =
        "A file with a content. It is written whole or not at all; owner and group of a file that "
        "is replaced stay. Folders above it that are missing are made, and removed with it when "
        "they are empty. A file that was there before, or that someone else has changed, is "
        "neither overwritten nor deleted unless `overwrite` says so.";
    type.inputs = {
        path_input("Where, absolute or relative to the workspace. A relative path stays inside the "
                   "workspace whatever symbolic links there are."),
        Input("content", a_string(), "The text, at most 64 MiB.").required(),
        mode_input(),
        overwrite_input(),
    };
    type.outputs = {
        location_output(),
        Output("sha256", value::ValueType::String,
               "SHA-256 of the content, in hexadecimal. Known while planning if `content` is.")
            .changes_with({"content"})
            .computed_in_plan(),
    };
    type.key = "path";
    type.example = embedded::local_file_ncl;
    return type;
}

class File final : public ResourceHandler {
public:
    using ResourceHandler::ResourceHandler;
    const provider::ResourceType& type() const override { return file_type(); }

    base::Result<void> validate(const value::Value& inputs) const override {
        TRY(validate_file_inputs(inputs));
        TRY(workspace_.check_place(text_of(inputs, "path")));
        const std::size_t size = text_of(inputs, "content").size();
        if (size <= kMaxContent) return {};
        return base::invalid_argument("`content` has " + base::format_bytes(size) +
                                      // A secret's hash is one as well: a short secret could be
                                      // guessed from it.
                                      ", a local.File holds at most " +
                                      base::format_bytes(kMaxContent));
    }

    base::Result<void> refine(const provider::Change& change,
                              provider::PlannedChange& planned) const override {
        if (planned.action == provider::PlannedAction::None) return {};
        const value::Value* path = change.inputs.find("path");
        if (path != nullptr && path->as_string() != nullptr) planned.outputs.set("location", *path);
        const value::Value* content = change.inputs.find("content");
        if (content == nullptr || content->as_string() == nullptr) return {};
        value::Value hash(base::sha256_hex(*content->as_string()));
        if (content->is_secret()) hash.mark_secret();
        planned.outputs.set("sha256", std::move(hash));
        return {};
    }

    base::Result<std::optional<provider::ObservedResource>>
    read(const std::string& key, const value::Value& recorded_inputs,
         const provider::CallContext&) const override {
        const std::optional<FileState> state = TRY(look_at_file(workspace_, key));
        if (!state) return std::optional<provider::ObservedResource>();
        return std::optional(seen(key, *state, recorded_inputs));
    }

    base::Result<provider::OperationResult> start(const provider::Intent& intent,
                                                  const provider::CallContext&) const override {
        if (intent.action == provider::Action::Delete) {
            return delete_wanted_file(workspace_, intent, expected(intent.inputs));
        }
        const WantedFile file = wanted_file(intent, text_of(intent.inputs, "content"));
        const FileState state =
            TRY(write_wanted_file(workspace_, intent, file, expected(intent.prior)));
        return done(seen(file.path, state, intent.inputs));
    }

    base::Result<provider::LookupResult> find(const provider::Intent& intent,
                                              const provider::CallContext&) const override {
        // Only what was written by us is deleted; by hand changed content is somebody's work.
        provider::LookupResult out = TRY(
            find_file(workspace_, intent, wanted_file(intent, text_of(intent.inputs, "content"))));
        if (out.kind != provider::LookupResult::Kind::Done || !out.seen) return out;
        const std::optional<FileState> state = TRY(look_at_file(workspace_, out.seen->key));
        if (state) out.seen = seen(out.seen->key, *state, intent.inputs);
        return out;
    }

private:
    static std::vector<std::string> expected(const value::Value& recorded) {
        const value::Value* content = recorded.find("content");
        if (content == nullptr || content->as_string() == nullptr) return {};
        return {base::sha256_hex(*content->as_string())};
    }

    static provider::ObservedResource seen(const std::string& path, const FileState& state,
                                           const value::Value& recorded_inputs) {
        provider::ObservedResource out = seen_file(path, state, recorded_inputs);
        const value::Value* recorded = recorded_inputs.find("content");
        const std::string* same = recorded != nullptr ? recorded->as_string() : nullptr;
        const bool is_same = same != nullptr && !state.is_too_large && *same == state.content;
        // Recorded and the same: shown by the very value, with its secret mark.
        value::Value content = is_same ? *recorded : value::Value(state.shown());
        if (recorded != nullptr && recorded->is_secret()) {
            content.mark_secret();
            value::Value hash(state.sha256);
            hash.mark_secret();
            out.outputs.set("sha256", std::move(hash));
        }
        out.inputs.set("content", std::move(content));
        return out;
    }
};

}

const provider::ResourceType& file_type() {
    static const provider::ResourceType kType = describe();
    return kType;
}

std::unique_ptr<ResourceHandler> make_file(const Workspace& workspace) {
    return std::make_unique<File>(workspace);
}

}
