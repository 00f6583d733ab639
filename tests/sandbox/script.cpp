#include "script.hpp"

#include "base/clock.hpp"
#include "base/fs.hpp"
#include "base/text.hpp"
#include "sandbox/cloud.hpp"
#include "sandbox/hetzner/hetzner.hpp"
#include "sandbox/kit/api.hpp"

#include <fmt/core.h>

#include <charconv>
#include <map>
#include <optional>

namespace script {
namespace {

constexpr std::int64_t kLeastId = 10'000'000;   // smaller numbers are none that the sandbox makes

const std::string kToken(64, 'a');
const std::string kReadOnly(64, 'b');

class Conversation {
public:
    explicit Conversation(const shapes::Shapes& shapes) : shapes_(shapes) {
        folder_ = base::make_temporary_directory("sandbox-test").value();
        open();
    }
    ~Conversation() { (void)base::remove_tree(folder_); }

    Outcome take(std::string text) {
        outcome_.text = std::move(text);
        return std::move(outcome_);
    }

    // What is printed under a command.
    std::string run(std::string_view command) {
        const std::size_t space = std::min(command.find(' '), command.size());
        const std::string_view word = command.substr(0, space);
        const std::string_view rest = base::trim(command.substr(space));
        if (word == "let") return let(rest);
        if (word == "wait") return wait(rest);
        if (word == "restart") return restart();
        if (word == "header") return header(rest);
        if (word == "as") return as(rest);
        if (word == "set") return set(rest);
        if (word == "fail") return fail(rest);
        return request(word, rest);
    }

private:
    void open() {
        cloud_ = sandbox::make_cloud("hetzner", {.folder = folder_,
                                                 .seed = 7,
                                                 .token = kToken,
                                                 .read_only_token = kReadOnly,
                                                 .settings = settings_,
                                                 .clock = &clock_})
                     .value();
    }

    // let NAME PATH: the number at server.id of the last answer is printed, and may be written, as
    // {NAME} from here on.
    std::string let(std::string_view rest) {
        const std::size_t space = std::min(rest.find(' '), rest.size());
        const std::string name(rest.substr(0, space));
        const json::Value* at = &last_;
        for (const std::string_view part : base::split(base::trim(rest.substr(space)), '.')) {
            std::size_t index = 0;
            const auto [end, error] =
                std::from_chars(part.data(), part.data() + part.size(), index);
            if (error == std::errc() && at->is_array() && index < at->as_array()->size()) {
                at = &(*at->as_array())[index];
            } else {
                at = at->find(part);
            }
            if (at == nullptr) return fmt::format("there is no {}\n", part);
        }
        if (at->as_int64() == nullptr) return "that is no number\n";
        std::erase_if(names_, [&](const auto& entry) { return entry.second == name; });
        names_[*at->as_int64()] = name;
        return "";
    }

    std::string wait(std::string_view text) {
        std::int64_t milliseconds = 0;
        std::from_chars(text.data(), text.data() + text.size(), milliseconds);
        clock_.advance(std::chrono::milliseconds(milliseconds));
        return "";
    }

    std::string restart() {
        cloud_.reset();
        open();
        return "";
    }

    std::string header(std::string_view name) {
        return fmt::format("{}\n", headers_.find(name).value_or("(none)"));
    }

    std::string as(std::string_view who) {
        token_ = who == "reader"     ? kReadOnly
                 : who == "nobody"   ? ""
                 : who == "another"  ? std::string(64, 'c')
                 : who == "stranger" ? "short"
                                     : kToken;
        return "";
    }

    std::string set(std::string_view text) {
        const auto value = json::parse(text);
        if (!value.ok()) return value.error().text() + "\n";
        const auto taken = settings_.take(*value);
        if (!taken.ok()) return taken.error().text() + "\n";
        cloud_->set(settings_);
        return "";
    }

    std::string fail(std::string_view text) {
        const auto value = json::parse(text);
        if (!value.ok()) return value.error().text() + "\n";
        fault_ =
            sandbox::ActionFault{.code = std::string(value->string_or("code", "action_failed")),
                                 .message = std::string(value->string_or("message", "failed")),
                                 .happens = value->bool_or("happens", false)};
        return "";
    }

    std::string request(std::string_view method, std::string_view rest) {
        const std::string text = with_numbers(rest);
        const std::size_t space = std::min(text.find(' '), text.size());
        net::Request request;
        request.method = std::string(method);
        request.target = "/v1" + text.substr(0, space);
        request.headers.set("Host", "cloud.example");
        if (!token_.empty()) request.headers.set("Authorization", "Bearer " + token_);
        if (space < text.size()) request.body = text.substr(space + 1);
        const net::Response response = cloud_->answer(request, fault_ ? &*fault_ : nullptr);
        fault_.reset();
        headers_ = response.headers;
        last_ = {};
        std::string out = fmt::format("{}\n", response.status);
        if (!response.body.empty()) {
            auto body = json::parse(response.body);
            if (!body.ok()) return out + "no JSON: " + response.body + "\n";
            last_ = std::move(*body);
            out += print();
        }
        check(request, response);
        return out;
    }

    // The members of the answer, a line each; a list's items a line each.
    std::string print() {
        std::string out;
        for (const auto& [key, value] : *last_.as_object()) {
            if (!value.is_array()) {
                out += fmt::format("  {}: {}\n", key, json::to_text(shown(value, key)));
                continue;
            }
            out += fmt::format("  {}:\n", key);
            for (const json::Value& item : *value.as_array()) {
                out += fmt::format("    {}\n", json::to_text(shown(item, key)));
            }
        }
        return out;
    }

    // What the vendor offers is shown by its name, ids by theirs, secrets not at all.
    json::Value shown(const json::Value& value, std::string_view key) {
        if (const std::int64_t* number = value.as_int64()) {
            if (*number < kLeastId || key.find("traffic") != std::string_view::npos) return value;
            const auto name = names_.find(*number);
            return name == names_.end() ? json::Value("{?}") : "{" + name->second + "}";
        }
        if (key == "root_password" && value.is_string()) return "{secret}";
        if (const std::string* text = value.as_string()) return without_ids(*text);
        if (value.is_array()) {
            json::Array out;
            for (const json::Value& item : *value.as_array()) out.push_back(shown(item, key));
            return out;
        }
        if (!value.is_object()) return value;
        const bool is_offer = key == "server_type" || key == "location" || key == "image" ||
                              key == "home_location" || key == "iso";
        if (is_offer && is_shortened_ && value.find("name") != nullptr &&
            value.find("name")->is_string()) {
            return *value.find("name");
        }
        json::Object out;
        for (const auto& [name, member] : *value.as_object()) {
            is_shortened_ = true;
            out.set(name, shown(member, name));
        }
        return out;
    }

    std::string without_ids(std::string text) const {
        for (const auto& [number, name] : names_) {
            text = base::replace_all(text, std::to_string(number), "{" + name + "}");
        }
        return text;
    }

    std::string with_numbers(std::string_view text) const {
        std::string out(text);
        for (const auto& [number, name] : names_) {
            out = base::replace_all(out, "{" + name + "}", std::to_string(number));
        }
        return out;
    }

    void check(const net::Request& request, const net::Response& response) {
        const std::size_t question = std::min(request.target.find('?'), request.target.size());
        const std::string path = request.target.substr(3, question - 3);
        const std::string what = fmt::format("{} {}", request.method, path);
        const auto problem = [&](std::string_view text) {
            outcome_.problems.push_back(fmt::format("{}: {}", what, text));
        };
        for (const char* header :
             {"X-Correlation-Id", "RateLimit-Limit", "RateLimit-Remaining", "RateLimit-Reset"}) {
            if (!response.headers.find(header)) problem(fmt::format("no {}", header));
        }
        if (response.status >= 300) {
            for (const auto& text : shapes_.problems("error_answer", last_)) problem(text);
            return;
        }
        const auto match = table_.match(request.method, path);
        if (match.outcome == net::RouteMatch::Outcome::Found) {
            const std::string& pattern = table_.routes()[match.route].path;
            outcome_.answered.insert(fmt::format("{} {}", request.method, pattern));
        }
        if (response.status == 204) return;
        const shapes::Answer* answer = shapes_.answer_of(request.method, path);
        // What the file does not name is an action, or a list of them.
        const std::string shape = answer != nullptr            ? answer->shape
                                  : path.ends_with("/actions") ? "list_actions"
                                                               : "one_action";
        for (const auto& text : shapes_.problems(shape, last_)) problem(text);
    }

    const shapes::Shapes& shapes_;
    const net::RouteTable table_ = sandbox::table_of(*sandbox::hetzner::make_api());
    std::string folder_;
    base::FakeClock clock_;
    sandbox::CloudSettings settings_;
    std::unique_ptr<sandbox::Cloud> cloud_;
    std::string token_ = kToken;
    std::optional<sandbox::ActionFault> fault_;
    json::Value last_;
    net::Headers headers_;
    std::map<std::int64_t, std::string> names_;
    bool is_shortened_ = true;
    Outcome outcome_;
};

}

Outcome run(std::string_view text, const shapes::Shapes& shapes) {
    Conversation conversation(shapes);
    std::string out;
    bool after_blank = true;
    for (const std::string_view line : base::split_lines(text)) {
        const bool is_comment = line.starts_with('#') && after_blank;
        after_blank = line.empty() || is_comment;
        if (line.starts_with("$ ")) {
            out += std::string(line) + "\n" + conversation.run(base::trim(line.substr(2)));
        } else if (line.empty() || is_comment) {
            out += std::string(line) + "\n";
        }
    }
    return conversation.take(std::move(out));
}

}
