#include "cli/packages/git.hpp"

#include "base/fs.hpp"
#include "base/hash.hpp"
#include "base/process/running_program.hpp"
#include "base/text.hpp"
#include "lang/packages.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <filesystem>
#include <iterator>
#include <map>
#include <system_error>

#include <poll.h>

namespace cli::packages {

using base::Code;
using base::Error;
using base::Result;

namespace {

constexpr std::chrono::seconds kTimeout{120};     // of one call
constexpr std::chrono::milliseconds kLook{100};   // between looks at what it has written
constexpr std::uintmax_t kMostBytes = std::uintmax_t{256} << 20U;
constexpr std::size_t kMostFiles = 20'000;
constexpr std::size_t kMostText = 64U << 10U;

bool is_made_of(std::string_view text, std::string_view signs) {
    return !text.empty() && std::ranges::all_of(text, [&](char c) {
        const bool is_plain =
            (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
        return is_plain || signs.contains(c);
    });
}

bool is_commit(std::string_view text) {
    return text.size() == 40 &&
           text.find_first_not_of("0123456789abcdef") == std::string_view::npos;
}

Result<std::string> refspec_of(const Wanted& wanted) {
    if (wanted.ref_kind == "Head") return std::string("HEAD");
    if (wanted.ref_kind == "Commit") {
        if (is_commit(wanted.ref)) return wanted.ref;
        return Error(Code::InvalidArgument, "`" + wanted.ref + "` is no commit: 40 digits in hex");
    }
    // Signs that mean something in a refspec, or to a path, are none of a name's.
    if (!is_made_of(wanted.ref, "._/@+-") || wanted.ref.starts_with('-') ||
        wanted.ref.contains(".."))
        return Error(Code::InvalidArgument, "`" + wanted.ref + "` cannot name a branch or a tag");
    return (wanted.ref_kind == "Tag" ? "refs/tags/" : "refs/heads/") + wanted.ref;
}

std::uintmax_t bytes_below(const std::string& folder) {
    std::uintmax_t bytes = 0;
    std::error_code error;
    for (auto entry = std::filesystem::recursive_directory_iterator(folder, error);
         !error && entry != std::filesystem::recursive_directory_iterator();
         entry.increment(error)) {
        std::error_code gone;   // git renames while we look
        if (entry->is_regular_file(gone)) bytes += entry->file_size(gone);
    }
    return bytes;
}

Result<base::Ran> run_watched(const base::RunOptions& options, const std::string& watched) {
    auto program = TRY(base::RunningProgram::start(options));
    bool is_too_much = false;
    for (;;) {
        auto descriptors = program.descriptors();
        ::poll(descriptors.data(), descriptors.size(), static_cast<int>(kLook.count()));
        if (!watched.empty() && !is_too_much && bytes_below(watched) > kMostBytes) {
            is_too_much = true;
            program.kill_for_writing();
        }
        if (program.step(descriptors)) return program.take_result();
    }
}

}

Result<void> check_address(std::string_view url, Trust trust) {
    const auto refuse = [&](std::string_view why) {
        return Error(Code::InvalidArgument,
                     "the address `" + std::string(url) + "` " + std::string(why));
    };
    for (const char c : url)
        if (static_cast<unsigned char>(c) <= ' ' || c == '\x7f')
            return refuse("has a blank or a control character in it");
    if (url.starts_with('-') || url.empty()) return refuse("is none");
    // `ext::sh -c …` runs a program.
    if (url.contains("::")) return refuse("asks for a helper program");
    for (const std::string_view scheme : {"https://", "ssh://"}) {
        if (!url.starts_with(scheme)) continue;
        const std::string_view rest = url.substr(scheme.size());
        if (rest.empty() || rest.starts_with('-') || rest.starts_with('/')) break;
        return {};
    }
    const std::size_t colon = url.find(':');
    const std::size_t at = url.find('@');
    if (at != std::string_view::npos && colon != std::string_view::npos && at < colon &&
        is_made_of(url.substr(0, at), "._-") && !url.starts_with('-') &&
        is_made_of(url.substr(at + 1, colon - at - 1), ".-") && url[at + 1] != '-' &&
        colon + 1 < url.size() && url[colon + 1] != '-')
        return {};
    const bool is_local = url.starts_with('/') || url.starts_with("file:///");
    if (is_local && trust == Trust::Local) return {};
    if (is_local) return refuse("is on this machine, which a fetched package may not name");
    return refuse("is neither https, ssh nor `user@host:path`");
}

std::string Git::folder(const std::string& commit) const {
    return lang::Packages::folder_in_cache(cache_, commit);
}

Result<std::string> Git::run(std::vector<std::string> arguments, Trust trust,
                             const std::string& watched) const {
    const std::map<std::string, std::string> own = {
        {"GIT_TERMINAL_PROMPT", "0"},
        {"GIT_ALLOW_PROTOCOL", trust == Trust::Local ? "https:ssh:file" : "https:ssh"},
        {"GIT_SSH_COMMAND", "ssh -oBatchMode=yes"},
        {"GIT_LFS_SKIP_SMUDGE", "1"},
        {"GIT_CONFIG_COUNT", "0"},
        {"LC_ALL", "C"}};
    base::RunOptions options;
    options.spawn.environment = base::child_environment(
        base::with_passed(own, {"SSH_AUTH_SOCK", "https_proxy", "no_proxy", "SSL_CERT_FILE"}), "");
    options.spawn.program = TRY(base::find_program("git", options.spawn.environment, ""));
    options.spawn.arguments = {"git",
                               "-c",
                               "core.hooksPath=/dev/null",
                               "-c",
                               "core.symlinks=false",
                               "-c",
                               "core.autocrlf=false",
                               "-c",
                               "core.fsmonitor=false",
                               "-c",
                               "fetch.fsckObjects=true",
                               "-c",
                               "submodule.recurse=false",
                               "-c",
                               "maintenance.auto=false",
                               "-c",
                               "advice.detachedHead=false"};
    std::ranges::move(arguments, std::back_inserter(options.spawn.arguments));
    options.spawn.directory = cache_;
    options.timeout = kTimeout;
    options.max_output = kMostText;
    const base::Ran ran = TRY(run_watched(options, watched));
    using End = base::Ran::End;
    if (ran.end == End::TooMuch)
        return Error(Code::Exhausted,
                     fmt::format("git fetched more than {} MiB", kMostBytes >> 20U));
    if (ran.end == End::TimedOut)
        return Error(Code::DeadlineExceeded,
                     fmt::format("git took longer than {} seconds", kTimeout.count()));
    if (ran.end != End::Exited || ran.code != 0)
        return Error(Code::Unavailable, "git: " + base::last_lines(ran.errors, 4, 1'000));
    return ran.output;
}

Result<void> Git::download(const std::string& repository, const Wanted& wanted, Trust trust) const {
    const std::string ref = TRY(refspec_of(wanted));
    const std::string dir = "--git-dir=" + repository;
    TRY(run({"init", "--quiet", "--bare", "--", repository}, trust, ""));
    auto fetched = run({dir, "fetch", "--quiet", "--depth=1", "--no-tags",
                        "--no-recurse-submodules", "--", wanted.url, ref + ":refs/wanted"},
                       trust, repository);
    if (fetched) return {};
    if (wanted.ref_kind != "Commit" || fetched.error().code() != Code::Unavailable)
        return std::move(fetched).error();
    // A server may refuse to be asked for a commit by its id: then for all that it has.
    TRY(run({dir, "fetch", "--quiet", "--no-recurse-submodules", "--", wanted.url,
             "refs/heads/*:refs/all/heads/*", "refs/tags/*:refs/all/tags/*"},
            trust, repository));
    TRY(run({dir, "update-ref", "refs/wanted", wanted.ref}, trust, ""));
    return {};
}

Result<void> Git::unpack(const std::string& repository, const std::string& commit) const {
    const std::string beside = base::temporary_name_for(folder(commit));
    TRY(base::make_directories(beside));
    auto done = run({"--git-dir=" + repository, "--work-tree=" + beside, "checkout", "--quiet",
                     "--force", commit, "--", "."},
                    Trust::Fetched, beside);
    Result<void> moved;
    if (!done) {
        moved = std::move(done).error();
    } else if (auto hash = hash_files(beside); !hash) {
        moved = std::move(hash).error();
    } else {
        moved = base::rename_file(beside, folder(commit));
    }
    if (moved) return {};
    TRY(base::remove_tree(beside));
    // Somebody else may have put it there meanwhile.
    if (base::is_directory(folder(commit))) return {};
    return moved;
}

Result<std::string> Git::fetch(const Wanted& wanted, Trust trust) {
    if (wanted.ref_kind == "Commit" && is_commit(wanted.ref) &&
        base::is_directory(folder(wanted.ref)))
        return wanted.ref;
    TRY(check_address(wanted.url, trust));
    TRY(base::make_directories(cache_ + "/trees"));
    const std::string repository = base::temporary_name_for(cache_ + "/fetch");
    const auto take = [&]() -> Result<std::string> {
        TRY(download(repository, wanted, trust));
        const std::string commit(base::trim(
            TRY(run({"--git-dir=" + repository, "rev-parse", "--verify", "refs/wanted^{commit}"},
                    trust, ""))));
        if (!is_commit(commit)) return Error(Code::DataLoss, "git names no commit");
        if (wanted.ref_kind == "Commit" && commit != wanted.ref)
            return Error(Code::DataLoss, "another commit came: " + commit);
        if (!base::is_directory(folder(commit))) TRY(unpack(repository, commit));
        return commit;
    };
    auto commit = take();
    TRY(base::remove_tree(repository));
    if (!commit) return std::move(commit).context("fetching " + wanted.url);
    return commit;
}

Result<std::string> hash_files(const std::string& folder) {
    std::vector<std::string> open{""};
    std::vector<std::string> files;
    while (!open.empty()) {
        const std::string at = std::move(open.back());
        open.pop_back();
        for (const std::string& name : TRY(base::list_directory(base::join_path(folder, at)))) {
            const std::string path = at.empty() ? name : at + "/" + name;
            const base::FileKind kind = base::kind_of(folder + "/" + path);
            if (kind == base::FileKind::Directory) {
                open.push_back(path);
            } else if (kind == base::FileKind::Regular) {
                files.push_back(path);
            } else {
                return Error(Code::InvalidArgument, "`" + path + "` is no plain file");
            }
            if (files.size() + open.size() > kMostFiles)
                return Error(Code::Exhausted, fmt::format("it has more than {} files", kMostFiles));
        }
    }
    std::ranges::sort(files);
    base::Hasher hasher(base::HashKind::Sha256);
    for (const std::string& path : files) {
        const std::string text = TRY(base::read_file(folder + "/" + path));
        hasher.update(path).update(std::string_view("\0", 1));
        hasher.update(std::to_string(text.size())).update(":").update(text);
    }
    return hasher.finish_hex();
}

}
