#include "base/hash.hpp"
#include "base/text.hpp"
#include "providers/local/describe.hpp"
#include "providers/local/fields.hpp"
#include "providers/local/kind.hpp"
#include "providers/local/managed_file.hpp"

// local.File: a file with a given content. Refresh reads and hashes the whole file each time: a
// comparison of size and time could miss a change, and reading costs less than looking up a record.
namespace providers::local {
namespace {

infra::ResourceType describe() {
    infra::ResourceType type;
    type.name = "local.File";
    type.doc =
        "A file with a content. It is written whole or not at all; owner and group of a file that "
        "is replaced stay. Folders above it that are missing are made, and removed with it when "
        "they are empty. A file that was there before, or that someone else has changed, is "
        "neither overwritten nor deleted unless `overwrite` says so.";
    type.inputs = {
        Input("path", a_path(),
              "Where, absolute or relative to the workspace. A relative path stays inside the "
              "workspace whatever symbolic links there are.")
            .required()
            .replaces(),
        Input("content", a_string(), "The text, at most 64 MiB.").required(),
        Input("mode", a_string("prelude.Mode"), "Permissions in octal; the umask is not applied.")
            .by_default("\"0644\""),
        Input("overwrite", a_bool(),
              "Replace or delete the file even if it was not made by this resource, or has been "
              "changed since.")
            .by_default("false")
            .write_only(),
    };
    type.outputs = {
        Output("location", lang::ValueType::String,
               "The path. What refers to it is made after the file and deleted before it.")
            .changes_with({"path"})
            .computed_in_plan(),
        Output("sha256", lang::ValueType::String,
               "SHA-256 of the content, in hexadecimal. Known while planning if `content` is.")
            .changes_with({"content"})
            .computed_in_plan(),
    };
    type.key = "path";
    type.example = R"({
  resources = {
    motd | local.File = { path = "motd", content = "welcome\n", mode = "0640" },
    note | local.File = { path = "note", content = "the hash is %{motd.sha256}\n" },
  },
}
)";
    return type;
}

class File final : public Kind {
public:
    using Kind::Kind;
    const infra::ResourceType& type() const override { return file_type(); }

    base::Result<void> validate(const infra::Value& inputs) const override {
        TRY(validate_file_inputs(inputs));
        const std::size_t size = text(inputs, "content").size();
        if (size <= kMaxContent) return {};
        return base::invalid_argument("`content` has " + base::format_bytes(size) +
                                      ", a local.File holds at most " +
                                      base::format_bytes(kMaxContent));
    }

    base::Result<void> refine(const infra::Change& change,
                              infra::PlannedChange& planned) const override {
        if (planned.action == infra::PlannedAction::None) return {};
        const infra::Value* path = change.inputs.find("path");
        if (path != nullptr && path->as_string() != nullptr) planned.outputs.set("location", *path);
        const infra::Value* content = change.inputs.find("content");
        if (content == nullptr || content->as_string() == nullptr) return {};
        infra::Value hash(base::sha256_hex(*content->as_string()));
        if (content->is_secret()) hash.mark_secret();
        planned.outputs.set("sha256", std::move(hash));
        return {};
    }

    base::Result<std::optional<infra::Seen>> read(const std::string& key,
                                                  const infra::Value& recorded_inputs,
                                                  const infra::CallContext&) const override {
        const std::optional<FileState> state = TRY(look_at_file(workspace_, key));
        if (!state) return std::optional<infra::Seen>();
        return std::optional(seen(key, *state, recorded_inputs));
    }

    base::Result<infra::Started> start(const infra::Intent& intent,
                                       const infra::CallContext&) const override {
        const WantedFile file = wanted(intent);
        switch (intent.action) {
            case infra::Action::Create: TRY(create_file(workspace_, file)); break;
            case infra::Action::Update:
                TRY(update_file(workspace_, file, expected(intent.prior)));
                break;
            case infra::Action::Delete:
                TRY(local::remove_file(workspace_, file.path, file.overwrite,
                                       expected(intent.inputs)));
                return done_without();
        }
        const std::optional<FileState> state = TRY(look_at_file(workspace_, file.path));
        if (state) return done(seen(file.path, *state, intent.inputs));
        return base::Error(base::Code::Conflict,
                           "\"" + file.path + "\" was deleted while it was being made");
    }

    base::Result<infra::Found> find(const infra::Intent& intent,
                                    const infra::CallContext&) const override {
        infra::Found out = TRY(find_file(workspace_, intent, wanted(intent)));
        if (out.kind != infra::Found::Kind::Done || !out.seen) return out;
        const std::optional<FileState> state = TRY(look_at_file(workspace_, out.seen->key));
        if (state) out.seen = seen(out.seen->key, *state, intent.inputs);
        return out;
    }

private:
    static WantedFile wanted(const infra::Intent& intent) {
        WantedFile out;
        const bool is_delete = intent.action == infra::Action::Delete;
        out.path = is_delete && !intent.key.empty() ? intent.key : text(intent.inputs, "path");
        out.content = text(intent.inputs, "content");
        out.mode = parse_mode(text(intent.inputs, "mode")).value_or(0644);
        out.overwrite = flag(intent.inputs, "overwrite") || intent.overwrite_confirmed;
        out.token = intent.token;
        return out;
    }

    static std::vector<std::string> expected(const infra::Value& recorded) {
        const infra::Value* content = recorded.find("content");
        if (content == nullptr || content->as_string() == nullptr) return {};
        return {base::sha256_hex(*content->as_string())};
    }

    static infra::Seen seen(const std::string& path, const FileState& state,
                            const infra::Value& recorded_inputs) {
        infra::Seen out = seen_file(path, state, recorded_inputs);
        const infra::Value* recorded = recorded_inputs.find("content");
        const std::string* same = recorded != nullptr ? recorded->as_string() : nullptr;
        const bool is_same = same != nullptr && !state.is_too_large && *same == state.content;
        infra::Value content = is_same ? *recorded : infra::Value(state.shown());
        if (recorded != nullptr && recorded->is_secret()) {
            content.mark_secret();
            infra::Value hash(state.sha256);
            hash.mark_secret();
            out.outputs.set("sha256", std::move(hash));
        }
        out.inputs.set("content", std::move(content));
        return out;
    }
};

}

const infra::ResourceType& file_type() {
    static const infra::ResourceType kType = describe();
    return kType;
}

std::unique_ptr<Kind> make_file(const Workspace& workspace) {
    return std::make_unique<File>(workspace);
}

}
