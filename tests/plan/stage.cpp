#include "stage.hpp"
#include "engine/workspace/modules.hpp"

#include "base/clock.hpp"
#include "base/fs.hpp"
#include "base/text.hpp"
#include "cli/render_error.hpp"
#include "cli/views/graph_view.hpp"
#include "cli/views/json.hpp"
#include "cli/views/order_view.hpp"
#include "cli/views/plan_view.hpp"
#include "cli/views/problems_view.hpp"
#include "cli/views/recovery_view.hpp"
#include "engine/apply/recovery.hpp"
#include "provider/secrets.hpp"
#include "providers/local/provider.hpp"
#include "value/json.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <cstdlib>

namespace scenario {
namespace {

// Fingerprints are keyed by the workspace; here they must be the same each time.
std::string fingerprint(const value::Value& secret) {
    std::uint64_t hash = 14695981039346656037U;
    const std::string text =
        secret.as_string() != nullptr ? *secret.as_string() : std::string("other");
    for (const char c : text) hash = (hash ^ static_cast<unsigned char>(c)) * 1099511628211U;
    return fmt::format("{:016x}", hash);
}

class Listener final : public engine::ApplyListener {
public:
    void on_step(const engine::StepEvent& event) override {
        if (event.kind == engine::StepEvent::Kind::Unchanged) {
            unchanged.push_back(event.step->address);
        }
    }
    std::vector<std::string> unchanged;
};

std::size_t number_after(const Stage::Words& options, std::string_view name,
                         std::size_t otherwise) {
    for (const std::string& option : options) {
        if (option.starts_with(name)) {
            return std::strtoul(option.c_str() + name.size(), nullptr, 10);
        }
    }
    return otherwise;
}

// What follows the name, at commas.
std::vector<std::string> names_after(const Stage::Words& options, std::string_view name) {
    std::vector<std::string> out;
    for (const std::string& option : options) {
        if (!option.starts_with(name)) continue;
        for (const std::string_view one : base::split(option.substr(name.size()), ',')) {
            out.emplace_back(one);
        }
    }
    return out;
}

// Integers, true, false and null, and strings in quotes.
value::Value value_of(std::string_view text) {
    if (text == "null") return {};
    if (text == "true" || text == "false") return value::Value(text == "true");
    if (text.size() >= 2 && text.front() == '"') {
        return value::Value(text.substr(1, text.size() - 2));
    }
    const auto number = std::strtoll(std::string(text).c_str(), nullptr, 10);
    return value::Value(std::int64_t{number});
}

// "labels.app" of a record.
void set_path(value::Value& record, std::string_view path, value::Value value) {
    const std::size_t dot = path.find('.');
    if (dot == std::string_view::npos) {
        record.set(path, std::move(value));
        return;
    }
    const value::Value* found = record.find(path.substr(0, dot));
    value::Value inner = found != nullptr ? *found : value::Value(value::Value::Record());
    set_path(inner, path.substr(dot + 1), std::move(value));
    record.set(path.substr(0, dot), std::move(inner));
}

std::vector<std::string> words_of(std::string_view line) {
    std::vector<std::string> words;
    std::string word;
    bool quoted = false;
    for (const char c : line) {
        if (c == '"') quoted = !quoted;
        if (c == ' ' && !quoted) {
            if (!word.empty()) words.push_back(std::move(word));
            word.clear();
        } else {
            word += c;
        }
    }
    if (!word.empty()) words.push_back(std::move(word));
    return words;
}

base::Error misread(std::string_view line) {
    return base::invalid_argument(fmt::format("nothing of the platform is said by: {}", line));
}

}

Stage::Stage() = default;

Stage::~Stage() {
    plan_.reset();
    late_.reset();
    state_.reset();
    if (!folder_.empty()) static_cast<void>(base::remove_tree(folder_).ok());
}

base::Result<std::unique_ptr<Stage>> Stage::create() {
    std::unique_ptr<Stage> stage(new Stage());
    stage->folder_ = TRY(base::real_path(TRY(base::make_temporary_directory("scenario"))));
    provider::Host host;
    host.workspace_dir = stage->folder_;
    host.state_dir = stage->folder_ + "/.provisioning";
    host.environment = HetznerPlatform::environment;
    stage->registry_ = std::make_unique<provider::ProviderRegistry>(
        std::vector<const provider::Provider*>{&stage->hetzner_, &providers::local::provider()},
        host);
    stage->registry_->use_secrets(std::make_unique<provider::Secrets>(HetznerPlatform::environment,
                                                                      stage->folder_, fingerprint));
    state::OpenOptions options;
    options.directory = host.state_dir;
    options.mode = state::OpenMode::Write;
    stage->state_ = TRY(state::State::open(std::move(options)));
    stage->workers_.start();
    return stage;
}

base::Result<void> Stage::set_program(std::string_view text) {
    plan_.reset();
    return base::write_file_atomic(folder_ + "/main.ncl", text);
}

base::Result<void> Stage::set(const std::string& path, const std::string& field,
                              const std::string& text) {
    value::Value body{value::Value::Record()};
    if (field.starts_with("labels.")) {
        // Given as a whole, by the one who changes one of them.
        const json::Value answer = hetzner_.ask("GET", path);
        const json::Value& thing = answer.as_object()->begin()->value;
        value::Value labels = value::from_json(*thing.find("labels"));
        body.set("labels", std::move(labels));
    }
    set_path(body, field, value_of(text));
    hetzner_.ask("PUT", path, value::json_value(body, fingerprint));
    return {};
}

base::Result<void> Stage::readdress(const std::string& server, const std::string& network,
                                    const std::string& address) {
    const std::string path = hetzner_.path_of("hetzner.Network", network);
    if (path.empty()) return base::not_found(fmt::format("there is no network {}", network));
    const std::int64_t id = *value_of(path.substr(path.rfind('/') + 1)).as_integer();
    hetzner_.ask("POST", server + "/actions/detach_from_network", json::Object{{"network", id}});
    hetzner_.ask("POST", server + "/actions/attach_to_network",
                 json::Object{{"network", id}, {"ip", *value_of(address).as_string()}});
    return {};
}

base::Result<void> Stage::outside(std::string_view line) {
    using Trouble = HetznerPlatform::Trouble;
    static const std::map<std::string, Trouble> kTroubles{{"refuse", Trouble::Refused},
                                                          {"lose", Trouble::Lost},
                                                          {"lose-answer", Trouble::AnswerLost},
                                                          {"halve", Trouble::HalfDone}};
    const std::vector<std::string> words = words_of(line);
    if (words == std::vector<std::string>{"remove", "everything"}) return hetzner_.reset();
    if (words.size() < 3) return misread(line);
    if (kTroubles.contains(words[0]) && words.size() == 4) {
        hetzner_.trouble(words[1] + " " + words[2] + " " + words[3], kTroubles.at(words[0]));
        return {};
    }
    const std::string path = hetzner_.path_of(words[1], words[2]);
    if (path.empty()) return base::not_found(fmt::format("there is no {} {}", words[1], words[2]));
    if (words[0] == "remove" && words.size() == 3) {
        hetzner_.ask("DELETE", path);
        return {};
    }
    if (words[0] == "set" && words.size() == 5) return set(path, words[3], words[4]);
    if (words[0] == "readdress" && words.size() == 5) return readdress(path, words[3], words[4]);
    return misread(line);
}

std::string Stage::recover() {
    auto recovered = engine::recover(*state_, *registry_, workers_, {});
    if (!recovered.ok()) return recovered.error().text() + "\n";
    std::string out;
    for (const engine::Recovered& one : *recovered) {
        out += fmt::format(
            "recovered: the {} of {} by run {}: {}\n", state::name_of(one.action), one.address,
            one.run,
            base::replace_all(cli::outcome_text(one), base::format_time(one.acts_until), "TIME"));
    }
    return out;
}

base::Result<engine::Plan> Stage::make_plan(const Words& options) {
    lang::ProgramOptions program;
    program.main_path = folder_ + "/main.ncl";
    program.import_paths = {folder_};
    program.modules = {engine::prelude_module(), engine::builtin_module(hetzner_.schema()),
                       engine::builtin_module(providers::local::provider().schema())};
    program_ = lang::Program::create(std::move(program));
    snapshot_ = TRY(state_->read());
    auto made = engine::make_plan({.registry = *registry_,
                                   .snapshot = snapshot_,
                                   .workers = workers_,
                                   .options = {.refresh = !options.contains("no-refresh"),
                                               .accept_missing = options.contains("accept-missing"),
                                               .only = names_after(options, "only="),
                                               .except = names_after(options, "except="),
                                               .graph = true}},
                                  options.contains("destroy") ? nullptr : program_.get());
    if (!made.ok()) {
        return cli::shown_problems(std::move(made).error(), program_.get(), folder_);
    }
    late_ = std::move(made->late);
    made->plan.folder = folder_;
    return std::move(made->plan);
}

std::string Stage::plan(const Words& options) {
    std::string out = recover();
    auto made = make_plan(options);
    if (!made.ok()) {
        plan_.reset();
        const cli::Terminal plain;
        return out + base::replace_all(cli::render_error(made.error(), plain), folder_ + "/", "");
    }
    plan_ = std::make_unique<engine::Plan>(std::move(made).value());
    if (options.contains("json")) {
        return out +
               plan_json(*plan_, {.all = options.contains("all"), .fingerprint = fingerprint}) +
               "\n";
    }
    cli::PlanViewOptions view;
    view.terminal.is_terminal = true;
    view.terminal.color = options.contains("color");
    view.terminal.width = number_after(options, "width=", 100);
    view.full = options.contains("full");
    view.all = options.contains("all");
    view.fingerprint = fingerprint;
    return out + plan_text(*plan_, view);
}

std::string Stage::apply() {
    if (!plan_) {
        const std::string shown = plan({});
        if (!plan_) return shown;
    }
    hetzner_.take_calls();
    Listener listener;
    engine::ApplyOptions options;
    const std::unique_ptr<engine::Plan> plan = std::move(plan_);
    auto report =
        engine::apply(*plan, late_.get(), *registry_, *state_, workers_, listener, options);
    if (!report.ok()) return report.error().text() + "\n";
    std::string out;
    for (const std::string& call : hetzner_.take_calls()) out += call + "\n";
    for (const std::string& address : listener.unchanged) out += "unchanged " + address + "\n";
    for (const engine::StepEvent& event : report->not_done) {
        out += fmt::format("{} {}: {}\n", name_of(event.kind), event.step->address, event.message);
    }
    for (const std::string& address : report->appeared) out += "appeared " + address + "\n";
    for (const std::string& warning : report->warnings) out += "warning: " + warning + "\n";
    if (report->fatal) out += "fatal: " + report->fatal->text() + "\n";
    const engine::Summary& done = report->counts.done;
    return out + fmt::format("= {} created, {} changed, {} replaced, {} deleted, {} unchanged, "
                             "{} failed, {} skipped\n",
                             done.create, done.update, done.replace, done.remove, done.unchanged,
                             report->counts.failed, report->counts.skipped);
}

base::Result<void> Stage::apply_silently() {
    const std::string shown = plan({});
    if (!plan_) return base::invalid_argument("the program given has no plan:\n" + shown);
    const std::string done = apply();
    if (done.ends_with(" 0 failed, 0 skipped\n")) return {};
    return base::invalid_argument("the program given was not applied:\n" + done);
}

std::string Stage::order() const {
    if (!plan_) return "no plan\n";
    return cli::order_text(*plan_);
}

std::string Stage::graph(const Words& options) const {
    if (!plan_) return "no plan\n";
    const cli::Graph graph = cli::graph_of(*plan_);
    if (options.contains("json")) return cli::json_line(graph_record(graph)) + "\n";
    if (options.contains("dot")) return graph_dot(graph);
    return graph_text(graph);
}

std::string Stage::rows() {
    auto snapshot = state_->read();
    if (!snapshot.ok()) return snapshot.error().text() + "\n";
    std::string out;
    for (const state::Row& row : snapshot->rows) {
        out += fmt::format("{} {} {} {}{}", row.address, row.generation, row.type, row.key,
                           row.complete ? "" : " (incomplete)");
        if (!row.dependencies.empty()) {
            out += " after " + base::join(row.dependencies, ", ");
        }
        out += "\n";
    }
    for (const state::OpenIntent& open : snapshot->open) {
        out +=
            fmt::format("open: {} {}\n", state::name_of(open.intent.action), open.intent.address);
    }
    return out;
}

}
