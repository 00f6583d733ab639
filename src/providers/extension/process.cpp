#include "providers/extension/process.hpp"

#include "base/hash.hpp"
#include "base/process/spawn.hpp"
#include "base/redact.hpp"
#include "base/text.hpp"
#include "provider/redaction.hpp"
#include "provider/sealed_file.hpp"
#include "providers/rest/wire.hpp"

#include <algorithm>
#include <cerrno>
#include <cstdlib>

#include <fcntl.h>
#include <fmt/core.h>
#include <sys/file.h>
#include <unistd.h>

namespace providers::extension {
namespace {

// In memory: a request has secrets, and a program may read it when it likes.
base::Result<base::FileDescriptor> document_of(const json::Object& request) {
    return base::text_in_memory(json::to_text(json::Value(request)) + "\n");
}

// No secret of the request is repeated in a message.
// Four bytes: shorter texts ("eu", "1") are in too many words to be a secret, and to replace them
// would make a message unreadable.
void collect_texts(const json::Value& value, std::vector<std::string>& out) {
    constexpr std::size_t kShortest = 4;
    if (const std::string* text = value.as_string(); text != nullptr && text->size() >= kShortest) {
        out.push_back(*text);
    }
    if (const json::Array* items = value.as_array()) {
        for (const json::Value& item : *items) collect_texts(item, out);
    }
    if (const json::Object* members = value.as_object()) {
        for (const json::Member& member : *members) collect_texts(member.value, out);
    }
}

void collect_secrets(const value::Value& value, std::vector<std::string>& out) {
    if (value.is_secret()) return collect_texts(rest::to_json(value), out);
    if (const value::Value::Array* items = value.as_array()) {
        for (const value::Value& item : *items) collect_secrets(item, out);
    }
    if (const value::Value::Record* members = value.as_record()) {
        for (const auto& member : *members) collect_secrets(member.second, out);
    }
}

bool has_secret_settings(const Manifest& manifest) {
    const provider::ResourceType* connection =
        manifest.schema.find(manifest.schema.provider + ".Connection");
    return connection != nullptr &&
           std::ranges::any_of(connection->inputs, &provider::InputField::secret);
}

std::string not_kept() {
    return fmt::format(
        "{} (`keep_output = true` in extension.ncl keeps it, with the secret hidden)",
        provider::kOutputNotKept);
}

// What a call was given that nobody is to read.
struct Hidden {
    base::Redactor of_connection;   // all its texts, but for addresses: pieces of those are common
    base::Redactor secrets;         // the inputs of a resource are what it is about
    // What a program makes of a secret is not always one that a redactor knows.
    bool drops_output = false;    // that is for whoever runs the program
    bool drops_reasons = false;   // of its refusals as well

    Hidden(const Manifest& manifest, const json::Object& request, const value::Value& given) {
        std::vector<std::string> texts;
        if (const json::Value* connection = request.find("connection")) {
            collect_texts(*connection, texts);
        }
        std::erase_if(texts, [](const std::string& text) { return text.contains("://"); });
        of_connection = base::Redactor(texts);
        std::vector<std::string> given_secrets;
        collect_secrets(given, given_secrets);
        secrets = base::Redactor(given_secrets);
        drops_reasons = given.has_secret() && !manifest.keep_output;
        drops_output = drops_reasons || (has_secret_settings(manifest) && !manifest.keep_output);
    }
    std::string without(std::string_view words) const {
        return secrets.hide(of_connection.hide(words, "(of the connection)"));
    }
};

// Of a program that ended badly: what it said last.
std::string last_words(const base::Ran& ran, std::string_view output, const Hidden& hidden) {
    constexpr std::size_t kLines = 10;
    constexpr std::size_t kBytes = 2048;
    if (hidden.drops_output) {
        return ran.errors.empty() && output.empty() ? "" : "; " + not_kept();
    }
    // Before it is cut: half a secret is one too.
    std::string words = base::last_lines(hidden.without(ran.errors), kLines, kBytes);
    if (words.empty()) {
        words = base::last_lines(hidden.without(output), kLines, kBytes);
    }
    if (words.empty()) return {};
    return ":\n" + base::escape_controls(words);
}

// That it cannot be read says nothing of what it has done.
base::Error too_long(const std::string& call) {
    return base::Error(base::Code::Internal,
                       fmt::format("{} answered with more than {} MiB", call, kMaxAnswer >> 20U));
}

base::Result<Answer> answer_of(const base::Ran& ran, std::string_view output,
                               std::string_view program, std::string_view operation,
                               const Hidden& hidden) {
    const std::string call = fmt::format("`{} {}`", program, operation);
    // The order matters: a program that was ended from outside has not refused anything, whatever
    // it wrote before. Its error must leave the effect open, as Internal and DeadlineExceeded do;
    // the intent then is looked for.
    switch (ran.end) {
        case base::Ran::End::TimedOut:
            return base::Error(base::Code::DeadlineExceeded,
                               call + " did not end within the `timeout` of the extension");
        case base::Ran::End::LeftRunning:
            return base::Error(base::Code::Cancelled, call + " was left running");
        case base::Ran::End::TooMuch: return too_long(call);
        case base::Ran::End::Signalled:
            return base::Error(base::Code::Internal,
                               fmt::format("{} was ended by signal {}{}", call, ran.code,
                                           last_words(ran, output, hidden)));
        case base::Ran::End::Exited: break;
    }
    if (output.size() > kMaxAnswer) return too_long(call);
    auto answer = parse_answer(output);
    // Refused with exit code 0 or another is a refusal; any other answer counts only with exit
    // code 0. A program that printed `{"key": …}` and then failed is not trusted.
    if (answer.ok() && (ran.code == 0 || answer->kind == Answer::Kind::Refused)) {
        const bool is_dropped = hidden.drops_reasons && !answer->reason.empty();
        answer->reason = is_dropped ? not_kept() : hidden.without(answer->reason);
        answer->help = is_dropped ? std::string() : hidden.without(answer->help);
        return answer;
    }
    if (ran.code != 0) {
        return base::Error(base::Code::FailedPrecondition,
                           fmt::format("{} ended with exit code {}{}", call, ran.code,
                                       last_words(ran, output, hidden)));
    }
    return base::Error(answer.error().code(), fmt::format("the answer of {} cannot be used: {}",
                                                          call, answer.error().text()))
        .with_help("it prints one JSON object on its standard output, and what is for people on "
                   "its standard error");
}

}

std::string ExtensionProcess::folder(const provider::Intent& intent) const {
    // A digest, as addresses have slashes and quotes and may be longer than a file's name can be.
    // 64 bits are enough: a collision needs two addresses of one workspace.
    const std::string place = intent.environment + "\n" + intent.address;
    return base::join_path(host_.state_dir,
                           fmt::format("extensions/{}/{}", manifest_.schema.provider,
                                       base::sha256_hex(place).substr(0, 16)));
}

ExtensionProcess::Files ExtensionProcess::files(const provider::Intent& intent) const {
    const std::string stem =
        base::join_path(folder(intent), base::sha256_hex(intent.token).substr(0, 16));
    return {.lock = stem + ".lock", .answer = stem + ".answer"};
}

base::Result<provider::Program> described_program(const Manifest& manifest,
                                                  const provider::Host& host) {
    provider::ProgramStart start{.kind = "extension " + manifest.schema.provider,
                                 .file = {},
                                 .arguments = manifest.program,
                                 .directory = host.workspace_dir,
                                 .environment = {},
                                 .passed = manifest.passed};
    std::string& name = start.arguments.front();
    if (name.find('/') != std::string::npos) {
        name = base::normal_path(base::join_path(manifest.folder, name));
    }
    const auto environment = base::child_environment({}, host.executable);
    start.file = TRY(base::find_program(name, environment, host.executable));
    provider::Program out;
    out.role = "the program of the extension `" + manifest.schema.provider + "`";
    out.origin = base::join_path(manifest.folder, "extension.ncl");
    out.command = start.arguments;
    out.passed = manifest.passed;
    out.identity = provider::identity_of(start, host.workspace_dir);
    return out;
}

static base::Result<base::RunOptions> command(const Manifest& manifest, const provider::Host& host,
                                              std::string_view operation, std::string_view type,
                                              const provider::CallContext& context) {
    base::RunOptions out;
    out.timeout = context.timeout;
    out.stop = context.stop;
    // One more than parse_answer() allows, so that an answer that is cut off is refused for its
    // length and never parsed as a shorter document.
    out.max_output = kMaxAnswer + 1;
    base::SpawnOptions& child = out.spawn;
    child.environment =
        base::child_environment(base::with_passed({}, manifest.passed), host.executable);
    child.arguments = manifest.program;
    std::string& name = child.arguments.front();
    if (name.find('/') != std::string::npos) name = base::join_path(manifest.folder, name);
    child.program = TRY(base::find_program(name, child.environment, host.executable));
    child.arguments.emplace_back(operation);
    child.arguments.emplace_back(type.substr(type.find('.') + 1));
    // The workspace's folder, for paths in inputs mean that; `program` with a slash was made
    // absolute above for the same reason.
    child.directory = host.workspace_dir;
    TRY(may_start(host, TRY(described_program(manifest, host))));
    return out;
}

base::Result<Answer> ExtensionProcess::ask(std::string_view operation, std::string_view type,
                                           const json::Object& request,
                                           const provider::CallContext& context,
                                           const value::Value& given) const {
    auto options = TRY(command(manifest_, host_, operation, type, context));
    options.timeout = std::min(options.timeout, manifest_.timeout);
    const base::FileDescriptor document = TRY(document_of(request));
    options.spawn.input = document.get();
    const base::Ran ran = TRY(run(options));
    return answer_of(ran, ran.output, manifest_.program.front(), operation,
                     Hidden(manifest_, request, given));
}

base::Result<Answer> ExtensionProcess::act(std::string_view operation, std::string_view type,
                                           const json::Object& request,
                                           const provider::Intent& intent,
                                           const provider::CallContext& context) const {
    auto options = TRY(command(manifest_, host_, operation, type, context));
    const Files mine = files(intent);
    TRY(base::make_directories(folder(intent), 0700));
    const base::FileDescriptor lock(::open(mine.lock.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600));
    if (!lock) return base::system_error("opening \"" + mine.lock + "\"", errno);
    // The kernel drops the lock when the last process that has the descriptor ends, however it
    // ends; no file with a process id could say that. The child gets it as descriptor 3, so it
    // outlives us. For one token two programs never run at once.
    if (::flock(lock.get(), LOCK_EX | LOCK_NB) != 0) {
        return base::Error(base::Code::Unavailable,
                           "the program of an earlier attempt is still running");
    }
    // Emptied before the program starts: the answer of an earlier attempt with the same token must
    // not be taken for the new one.
    const base::FileDescriptor answer(
        ::open(mine.answer.c_str(), O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0600));
    if (!answer) return base::system_error("opening \"" + mine.answer + "\"", errno);
    const base::FileDescriptor document = TRY(document_of(request));
    options.spawn.input = document.get();
    options.spawn.output = answer.get();
    options.spawn.kept = lock.get();
    options.max_output_file = kMaxAnswer;
    const base::Ran ran = TRY(run(options));
    const Hidden hidden(
        manifest_, request,
        value::Value(value::Value::Array{intent.inputs, intent.prior, intent.prior_outputs}));
    if (ran.end == base::Ran::End::LeftRunning) {
        return answer_of(ran, "", manifest_.program.front(), operation, hidden);
    }
    // After a signal or a timeout what it wrote so far is half an answer at best.
    std::string output;
    if (ran.end == base::Ran::End::Exited) output = TRY(take_answer(answer.get()));
    auto out = answer_of(ran, output, manifest_.program.front(), operation, hidden);
    const bool is_refused = out.ok() ? out->kind == Answer::Kind::Refused
                                     : ran.end == base::Ran::End::Exited && ran.code != 0;
    // A program that says that it failed has not done it, whatever it printed before.
    if (is_refused) {
        const std::string reason = out.ok() ? out->reason : out.error().text();
        output = json::to_text(json::Object{{"error", json::Object{{"message", reason}}}});
    } else if (!out.ok()) {
        output.clear();
    }
    // From here on nothing that it told lies there for anybody to read.
    TRY(keep_answer(mine, output));
    return out;
}

base::Result<ExtensionProcess::Trace>
ExtensionProcess::trace(const provider::Intent& intent) const {
    const Files mine = files(intent);
    const base::FileDescriptor lock(::open(mine.lock.c_str(), O_RDWR | O_CLOEXEC));
    if (!lock) {
        if (errno == ENOENT) return Trace{};
        return base::system_error("opening \"" + mine.lock + "\"", errno);
    }
    // The lock is free, and ours until we return. No act() of the same token can come meanwhile:
    // both are steps of one intent.
    if (::flock(lock.get(), LOCK_EX | LOCK_NB) != 0) return Trace{.kind = Trace::Kind::Running};
    const auto kept = provider::read_sealed(host_, mine.answer, kMaxAnswer + 1);
    // The file is made before the program is started. Only that it is not there proves that nothing
    // was begun; an answer that cannot be read is one that nobody knows.
    if (!kept.ok()) {
        if (kept.error().code() == base::Code::NotFound) return Trace{};
        if (kept.error().code() == base::Code::Exhausted) TRY(keep_answer(mine, ""));
        return Trace{.kind = Trace::Kind::CutShort};
    }
    auto answer = parse_answer(kept->text);
    // Of a program that outlived who started it.
    if (!kept->is_sealed) TRY(keep_answer(mine, answer.ok() ? kept->text : std::string()));
    if (!answer.ok()) return Trace{.kind = Trace::Kind::CutShort};
    return Trace{.kind = Trace::Kind::Answered, .answer = std::move(answer).value()};
}

// Not parsed as a shorter document: one byte more than an answer may have tells that it is longer.
base::Result<std::string> ExtensionProcess::take_answer(int file) {
    std::string out(kMaxAnswer + 1, '\0');
    std::size_t size = 0;
    while (size < out.size()) {
        const ssize_t read =
            ::pread(file, out.data() + size, out.size() - size, static_cast<off_t>(size));
        if (read < 0 && errno == EINTR) continue;
        if (read < 0) return base::system_error("reading an answer", errno);
        if (read == 0) break;
        size += static_cast<std::size_t>(read);
    }
    out.resize(size);
    return out;
}

base::Result<void> ExtensionProcess::keep_answer(const Files& files, std::string_view text) const {
    if (!text.empty()) return provider::write_sealed(host_, files.answer, text);
    return base::write_file_atomic(files.answer, "", {.mode = 0600, .sync = false});
}

base::Result<void> ExtensionProcess::forget_answer(const provider::Intent& intent) const {
    return keep_answer(files(intent), "");
}

base::Result<void> ExtensionProcess::forget(const provider::Intent& intent) const {
    return base::remove_tree(folder(intent));
}

}
