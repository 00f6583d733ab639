#include "suite.hpp"

#include "base/fs.hpp"
#include "base/text.hpp"
#include "providers/local/provider.hpp"
#include "providers/local/supervisor/client.hpp"

#include <algorithm>
#include <chrono>
#include <csignal>
#include <cstdlib>
#include <thread>

#include <sys/stat.h>

namespace conformance {
namespace {

using value::Rational;
using value::Value;

// A folder that goes with the last subject that uses it, and the processes that were begun in it.
struct Folder {
    std::string path = *base::make_temporary_directory("conformance");
    std::string executable;

    Folder() {
        const char* binary = std::getenv("PROVISIONING_BINARY");
        if (binary != nullptr) executable = binary;
    }
    ~Folder() {
        for (const std::string& id : processes()) {
            (void)client(id).stop(std::chrono::seconds(20), {});
        }
        (void)base::remove_tree(path);
    }

    std::string file(std::string_view name) const { return path + "/" + std::string(name); }
    std::string state() const { return file(".provisioning"); }
    std::vector<std::string> processes() const {
        const auto ids = base::list_directory(state() + "/processes");
        return ids.ok() ? *ids : std::vector<std::string>();
    }
    providers::local::SupervisorClient client(const std::string& id) const {
        return {state() + "/processes/" + id, executable};
    }
    // Everything in it but our own files, so that what is left over counts.
    int entries() const {
        const auto names = base::list_directory(path);
        if (!names.ok()) return -1;
        return static_cast<int>(std::count_if(names->begin(), names->end(), [](const auto& name) {
            return name != ".provisioning";
        }));
    }
    int lines(std::string_view name) const {
        const auto text = base::read_file(file(name));
        return text.ok() ? static_cast<int>(std::count(text->begin(), text->end(), '\n')) : 0;
    }
    int live_processes() const {
        int out = 0;
        for (const std::string& id : processes()) out += client(id).is_alive() ? 1 : 0;
        return out;
    }
};
using SharedFolder = std::shared_ptr<Folder>;

void write(const SharedFolder& folder, std::string_view name, std::string_view text,
           unsigned mode) {
    (void)base::write_file_atomic(folder->file(name), text);
    ::chmod(folder->file(name).c_str(), mode);
}

Subject subject_of(const SharedFolder& folder, const char* type) {
    Subject subject;
    subject.name = type;
    subject.type = providers::local::provider().schema().find(type);
    subject.connect = [folder] {
        return providers::local::provider().connect({}, {.workspace_dir = folder->path,
                                                         .state_dir = folder->state(),
                                                         .executable = folder->executable});
    };
    subject.exempt({"throttled", "wrong credentials", "another account"},
                   "this machine neither counts requests nor asks for credentials");
    subject.exempt({"unknown field in an answer"}, "nothing answers in documents");
    subject.unremovable = {{.inputs = {}, .reason = "nothing of it can be taken away"}};
    subject.exempt({"kill between phases"}, "each change is one call");
    return subject;
}

// What applies to all types with effects.
Subject effective(const SharedFolder& folder, const char* type) {
    Subject subject = subject_of(folder, type);
    lose_answers_in_front(subject);
    subject.is_outside_process = true;
    subject.count = [folder] { return folder->entries(); };
    return subject;
}

// A file always has some mode.
std::vector<Removal> mode_removed(const SharedFolder& folder, const char* path, const char* before,
                                  mode_t after) {
    return {{.input = "mode", .value = before, .outside = [folder, path, after] {
                 ::chmod(folder->file(path).c_str(), after);
             }}};
}

Value file_inputs(const char* path, const char* content, const char* mode) {
    return Value::Record{{"path", path}, {"content", content}, {"mode", mode}};
}

Subject file() {
    auto folder = std::make_shared<Folder>();
    Subject subject = effective(folder, "local.File");
    subject.inputs = file_inputs("a.txt", "one", "0644");
    subject.updated = file_inputs("a.txt", "two", "0600");
    subject.replaced = file_inputs("b.txt", "one", "0644");
    subject.change_outside = [folder] { write(folder, "a.txt", "other", 0644); };
    subject.remove_outside = [folder] { (void)base::remove_file(folder->file("a.txt")); };
    subject.make_foreign = [folder] { write(folder, "a.txt", "foreign", 0644); };
    subject.make_by_hand = [folder] {
        write(folder, "a.txt", "one", 0600);
        return "a.txt";
    };
    subject.exempt({"kill between start and poll"}, "start writes it to the end");
    subject.removals = [folder] { return mode_removed(folder, "a.txt", "0640", 0600); };
    return subject;
}

Subject directory() {
    auto folder = std::make_shared<Folder>();
    Subject subject = effective(folder, "local.Directory");
    const auto inputs = [](const char* path, const char* mode) {
        return Value(Value::Record{{"path", path}, {"mode", mode}});
    };
    subject.inputs = inputs("d", "0755");
    subject.updated = inputs("d", "0700");
    subject.replaced = inputs("e", "0755");
    subject.change_outside = [folder] { ::chmod(folder->file("d").c_str(), 0700); };
    subject.remove_outside = [folder] { (void)base::remove_tree(folder->file("d")); };
    subject.make_foreign = [folder] { (void)base::make_directories(folder->file("d"), 0755); };
    subject.make_by_hand = [folder] {
        (void)base::make_directories(folder->file("d"), 0750);
        return "d";
    };
    subject.exempt({"kill between start and poll"}, "start makes it");
    subject.removals = [folder] { return mode_removed(folder, "d", "0750", 0700); };
    return subject;
}

Value template_inputs(const char* path, const char* name) {
    return Value::Record{{"path", path},
                         {"template", "hello {{ name }}\n"},
                         {"variables", Value::Record{{"name", name}}},
                         {"mode", "0644"}};
}

Subject template_file() {
    auto folder = std::make_shared<Folder>();
    Subject subject = effective(folder, "local.Template");
    subject.inputs = template_inputs("a.txt", "one");
    subject.updated = template_inputs("a.txt", "two");
    subject.replaced = template_inputs("b.txt", "one");
    subject.change_outside = [folder] { write(folder, "a.txt", "other", 0644); };
    subject.remove_outside = [folder] { (void)base::remove_file(folder->file("a.txt")); };
    subject.make_foreign = [folder] { write(folder, "a.txt", "foreign", 0644); };
    subject.make_by_hand = [folder] {
        write(folder, "a.txt", "hello one\n", 0600);
        return "a.txt";
    };
    subject.exempt({"kill between start and poll"}, "start writes it to the end");
    subject.removals = [folder] { return mode_removed(folder, "a.txt", "0640", 0600); };
    return subject;
}

// Each run of it adds a line to `made`, after a moment in which it can be killed.
Value command_inputs(std::int64_t version) {
    return Value::Record{{"create", "sleep 0.01; echo made >> made"},
                         {"undo", "if test -f made; then sed -i '$d' made; fi"},
                         {"triggers", Value::Record{{"version", version}}}};
}

// Longer than a start waits.
Value slow_command(Value inputs) {
    inputs.set("create", "sleep 0.3; echo made >> made");
    return inputs;
}

Subject command_in(const SharedFolder& folder) {
    Subject subject = effective(folder, "local.Command");
    subject.count = [folder] { return folder->lines("made"); };
    subject.exempt({"import"}, "it is known by a random id that only its own record tells");
    subject.exempt({"change outside is drift"}, "it has nothing that could be changed");
    subject.exempt({"foreign thing"}, "it has no name that another could have");
    return subject;
}

Subject checked_command() {
    auto folder = std::make_shared<Folder>();
    Subject subject = command_in(folder);
    subject.name += " (with a check)";
    const auto with_check = [](std::int64_t version) {
        Value out = command_inputs(version);
        out.set("check", Value::Array{"grep", "-q", "made", "made"});
        return out;
    };
    subject.inputs = with_check(1);
    subject.inputs.set("update", "echo again > again");
    subject.slow = slow_command(subject.inputs);
    subject.updated = with_check(2);
    subject.updated.set("update", "echo again > again");
    subject.replaced = with_check(3);
    subject.remove_outside = [folder] { (void)base::remove_file(folder->file("made")); };
    return subject;
}

Subject unchecked_command() {
    auto folder = std::make_shared<Folder>();
    Subject subject = command_in(folder);
    subject.name += " (without a check)";
    subject.inputs = command_inputs(1);
    subject.slow = slow_command(subject.inputs);
    subject.replaced = command_inputs(2);
    subject.exempt({"update in place"}, "without `update` a change runs it anew");
    subject.exempt({"removed outside is absent"}, "without a check nobody can tell");
    subject.unsure_because = "without a check nobody can tell what a killed command did";
    subject.unread_because = "without a check there is nothing to look at but the record";
    return subject;
}

Value process_inputs(const char* script, const char* sign) {
    return Value::Record{{"command", Value::Array{"/bin/sh", "-c", script}},
                         {"environment", Value::Record{}},
                         {"health", Value::Record{{"command", Value::Array{"test", "-e", sign}},
                                                  {"interval", Rational::from_fraction(1, 20)}}},
                         {"restart", "Always"},
                         {"restart_delay", Rational::from_fraction(1, 100)},
                         {"stop_timeout", std::int64_t{5}}};
}

// Ends it and its supervisor as a reboot would.
void end_processes(const SharedFolder& folder) {
    for (const std::string& id : folder->processes()) {
        const auto status = folder->client(id).status();
        if (!status.ok()) continue;
        providers::local::signal_if_same(static_cast<pid_t>(status->supervisor),
                                         status->supervisor_start, status->boot, SIGKILL);
        while (folder->client(id).is_alive()) {
            std::this_thread::sleep_for(std::chrono::milliseconds(5));
        }
    }
}

Subject process() {
    auto folder = std::make_shared<Folder>();
    Subject subject = effective(folder, "local.Process");
    subject.count = [folder] { return folder->live_processes(); };
    subject.inputs = process_inputs("touch up; exec sleep 600", "up");
    subject.updated = process_inputs("touch up; exec sleep 601", "up");
    // Longer than start waits for it.
    subject.slow = process_inputs("sleep 2.3; touch late; exec sleep 600", "late");
    subject.remove_outside = [folder] { end_processes(folder); };
    subject.exempt({"replace"}, "each change is made in place");
    subject.exempt({"import"}, "it is known by a random id that only its own record tells");
    subject.exempt({"change outside is drift"}, "it has no settings but those of its record");
    subject.exempt({"foreign thing"}, "it has no name that another could have");
    return subject;
}

Subject data() {
    Subject subject = subject_of(std::make_shared<Folder>(), "local.Data");
    subject.inputs = Value(Value::Record{{"value", "x"}});
    subject.updated = Value(Value::Record{{"value", "y"}});
    subject.exempt({"replace"}, "each change is made in place");
    subject.exempt({"import", "change outside is drift", "removed outside is absent",
                    "delete, delete again", "foreign thing", "answer lost, acted before",
                    "answer lost, acted later", "answer lost, never acted",
                    "kill between start and poll", "kill in a call"},
                   "it exists in the state only");
    return subject;
}

}

std::vector<MakeSubject> local_subjects() {
    return {file, directory, template_file, checked_command, unchecked_command, process, data};
}

}
