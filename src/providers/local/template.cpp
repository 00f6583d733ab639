#include "base/hash.hpp"
#include "base/text.hpp"
#include "embedded/providers.hpp"
#include "providers/local/describe.hpp"
#include "providers/local/fields.hpp"
#include "providers/local/managed_file.hpp"
#include "providers/local/resource_handler.hpp"
#include "providers/local/template_text.hpp"

#include <algorithm>
#include <cerrno>

// local.Template: a file whose content is a template, filled with variables (template_text.hpp).
namespace providers::local {
namespace {

using value::Value;

std::vector<provider::InputField> inputs() {
    return {
        path_input("Where, absolute or relative to the workspace."),
        Input("template", a_string(),
              "The template: `{{ name }}` stands for a variable, `{{ site.title }}` for a field "
              "of one, `{{ title | html }}` for its text fit for HTML (also `json`, `shell`), "
              "`{{\"{{\"}}` for two braces. Either this or `source` is given."),
        Input("source", a_path(),
              "A file of the workspace that holds the template. A change of it is a change of this "
              "resource."),
        Input("variables", dict_of(anything()),
              "What the template may name: strings, numbers, booleans, and records of them. An "
              "unknown name is an error.")
            .by_default("{}"),
        mode_input(),
        overwrite_input(),
    };
}

provider::ResourceType describe() {
    provider::ResourceType type;
    type.name = "local.Template";
    type.doc = "A file made from a template and variables. It is written, replaced and deleted "
               "like a local.File.";
    type.inputs = inputs();
    type.outputs = {
        location_output(),
        Output("rendered", value::ValueType::String,
               "The text of the file. Known while planning if the variables are.")
            .changes_with({"template", "source", "variables"})
            .computed_in_plan(),
        Output("sha256", value::ValueType::String, "SHA-256 of the text, in hexadecimal.")
            .changes_with({"template", "source", "variables"})
            .computed_in_plan(),
    };
    type.key = "path";
    type.example = embedded::local_template_ncl;
    return type;
}

class Template final : public ResourceHandler {
public:
    using ResourceHandler::ResourceHandler;
    const provider::ResourceType& type() const override { return template_type(); }

    base::Result<void> validate(const Value& inputs) const override {
        TRY(validate_file_inputs(inputs));
        TRY(workspace_.check_place(text_of(inputs, "path")));
        const Value* template_field = inputs.find("template");
        const bool has_template = is_set(inputs, "template");
        if (has_template == is_set(inputs, "source")) {
            return base::invalid_argument(
                has_template ? "`template` and `source` are both given, one of them is needed"
                             : "neither `template` nor `source` is given");
        }
        if (!has_template || template_field->as_string() == nullptr) return {};
        const Value* variables = inputs.find("variables");
        if (variables == nullptr) return check_template("template", *template_field->as_string());
        TRY(render_template("template", *template_field->as_string(), *variables));
        return {};
    }

    base::Result<void> refine(const provider::Change& change,
                              provider::PlannedChange& planned) const override {
        const Value rendered = TRY(render(change.inputs));
        const std::string* text = rendered.as_string();
        const bool has_source = is_set(change.inputs, "source");
        if (planned.action == provider::PlannedAction::None) {
            const Value* there = change.prior ? change.prior->outputs.find("rendered") : nullptr;
            // By the schema nothing changes; what the template gives now may still be another text.
            if (there != nullptr && there->same_as(rendered)) return {};
            // Edited by hand, or another text in the source file.
            planned.action = provider::PlannedAction::Update;
            planned.changed.push_back(has_source ? "source" : "template");
        }
        const Value* path = change.inputs.find("path");
        if (path != nullptr && path->as_string() != nullptr) planned.outputs.set("location", *path);
        Value hash = text != nullptr ? Value(base::sha256_hex(*text))
                                     : Value::unknown(value::ValueType::String);
        if (rendered.is_secret()) hash.mark_secret();
        planned.outputs.set("rendered", rendered);
        planned.outputs.set("sha256", std::move(hash));
        return {};
    }

    bool refine_reads() const override { return true; }   // `source`

    base::Result<std::optional<provider::ObservedResource>>
    read(const std::string& key, const Value& recorded_inputs,
         const provider::CallContext&) const override {
        const std::optional<FileState> state = TRY(look_at_file(workspace_, key));
        if (!state) return std::optional<provider::ObservedResource>();
        provider::ObservedResource out = seen(key, *state, recorded_inputs);
        show_difference(*state, recorded_inputs, out.inputs);
        return std::optional(std::move(out));
    }

    base::Result<provider::OperationResult> start(const provider::Intent& intent,
                                                  const provider::CallContext&) const override {
        if (intent.action == provider::Action::Delete) {
            return delete_wanted_file(workspace_, intent, expected(intent.inputs));
        }
        const WantedFile file = wanted_file(intent, TRY(rendered_text(intent.inputs)));
        const FileState state =
            TRY(write_wanted_file(workspace_, intent, file, expected(intent.prior)));
        return done(seen(file.path, state, intent.inputs));
    }

    base::Result<provider::LookupResult> find(const provider::Intent& intent,
                                              const provider::CallContext&) const override {
        // To delete needs no text: the template may not be renderable any more.
        const bool is_delete = intent.action == provider::Action::Delete;
        const WantedFile file =
            wanted_file(intent, is_delete ? "" : TRY(rendered_text(intent.inputs)));
        provider::LookupResult out = TRY(find_file(workspace_, intent, file));
        if (out.kind != provider::LookupResult::Kind::Done || !out.seen) return out;
        const std::optional<FileState> state = TRY(look_at_file(workspace_, out.seen->key));
        if (state) out.seen = seen(out.seen->key, *state, intent.inputs);
        return out;
    }

private:
    // Links on the way are not followed out of the workspace by whoever opens it.
    static bool leads_out(std::string_view path) {
        const auto parts = base::split(path, '/');
        return path.starts_with('/') || std::ranges::find(parts, "..") != parts.end();
    }

    // A text that is not what the template gives now is a difference of the field it comes from.
    void show_difference(const FileState& state, const Value& recorded, Value& shown) const {
        // What was imported has no template yet that it could differ from.
        if (!is_set(recorded, "template") && !is_set(recorded, "source")) return;
        const auto wanted = render(recorded);
        const std::string* text = wanted.ok() ? wanted->as_string() : nullptr;
        if (text != nullptr && !state.is_too_large && *text == state.content) return;
        const bool is_edited = state.marks.sha256 != state.sha256;
        // As it was written: then a secret in it has another value today, which is no change of
        // the file. That it has to be written again, its variables say.
        if (!is_edited && wanted.ok() && wanted->is_secret()) return;
        if (is_set(recorded, "template")) {
            Value content(state.shown());
            // It may hold what the variables made secret.
            if (!wanted.ok() || wanted->is_secret()) content.mark_secret();
            shown.set("template", std::move(content));
            return;
        }
        shown.set("source", !wanted.ok() ? "(cannot be rendered)"
                            : is_edited  ? "(the file was edited by hand)"
                                         : "(the file is of another version)");
    }

    base::Result<Value> render(const Value& inputs) const {
        static const Value kNone{Value::Record()};
        const Value* variables = inputs.find("variables");
        if (variables == nullptr || variables->is_null()) variables = &kNone;
        const Value* given = inputs.find("template");
        if (given != nullptr && given->as_string() != nullptr) {
            Value out = TRY(render_template("template", *given->as_string(), *variables));
            if (given->is_secret()) out.mark_secret();
            return out;
        }
        const Value* source = inputs.find("source");
        const std::string* path = source != nullptr ? source->as_string() : nullptr;
        if (path == nullptr) return Value::unknown(value::ValueType::String);
        // Read while planning, before anybody has agreed, and handed to whatever reads `rendered`:
        // it is confined as imports are.
        if (leads_out(*path)) {
            return base::invalid_argument("the template \"" + *path +
                                          "\" does not lie in the workspace")
                .with_help("copy it into the workspace, and write the path relative to it");
        }
        const std::optional<FileState> file = TRY(look_at_file(workspace_, *path));
        if (!file) {
            return base::Error(base::Code::NotFound, "the template \"" + *path + "\" is missing");
        }
        // Bytes that are no UTF-8 would not survive the state and the plan.
        if (file->is_too_large || file->shown() != file->content) {
            return base::invalid_argument("the template \"" + *path + "\" is no text of at most " +
                                          base::format_bytes(kMaxContent));
        }
        return render_template(*path, file->content, *variables);
    }

    base::Result<std::string> rendered_text(const Value& inputs) const {
        const Value rendered = TRY(render(inputs));
        if (rendered.as_string() != nullptr) return *rendered.as_string();
        return base::internal("a template with unknown variables was to be written");
    }

    // Only a template that is in the row can be rendered again; a source file may have changed.
    std::vector<std::string> expected(const Value& recorded) const {
        if (!is_set(recorded, "template")) return {};
        const auto rendered = render(recorded);
        if (!rendered.ok() || rendered->as_string() == nullptr) return {};
        return {base::sha256_hex(*rendered->as_string())};
    }

    provider::ObservedResource seen(const std::string& path, const FileState& state,
                                    const Value& recorded_inputs) const {
        provider::ObservedResource out = seen_file(path, state, recorded_inputs);
        Value rendered(state.shown());
        const Value* variables = recorded_inputs.find("variables");
        const Value* given = recorded_inputs.find("template");
        if ((variables != nullptr && variables->has_secret()) ||
            (given != nullptr && given->is_secret())) {
            rendered.mark_secret();
            Value hash(state.sha256);
            hash.mark_secret();
            out.outputs.set("sha256", std::move(hash));
        }
        out.outputs.set("rendered", std::move(rendered));
        return out;
    }
};

}

const provider::ResourceType& template_type() {
    static const provider::ResourceType kType = describe();
    return kType;
}

std::unique_ptr<ResourceHandler> make_template(const Workspace& workspace) {
    return std::make_unique<Template>(workspace);
}

}
