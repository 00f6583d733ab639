#include "base/fs.hpp"
#include "lang/evaluation.hpp"
#include "lang/packages.hpp"
#include "json/value.hpp"

#include <utility>

// Manifests and locks: how they are read.
namespace lang {

namespace {

constexpr std::size_t kMaxLockBytes = std::size_t{4} << 20;

// Values of a manifest that is evaluated.
class ManifestReader {
public:
    explicit ManifestReader(Machine& machine) : machine_(machine) {}

    Word field(Word of, std::string_view name) {
        if (!is(of, Tag::Record)) return {};
        auto& record = *as<Record>(of);
        const std::uint32_t slot = record.shape->find(Symbol::of(name));
        Word value;
        if (slot == Shape::kAbsent || !machine_.has_value(record, slot)) return {};
        return machine_.at_hand(machine_.field(record, slot), value) ? value : Word{};
    }
    std::string text(Word of, std::string_view name) {
        const Word value = field(of, name);
        if (is(value, Tag::String)) return std::string(as<StringObj>(value)->text());
        return {};
    }
    Word argument(Word of) {
        Word value;
        if (!is(of, Tag::Variant)) return {};
        return machine_.at_hand(as<Variant>(of)->argument, value) ? value : Word{};
    }

    Dependency dependency(Word one) {
        Dependency found;
        found.kind = as<Variant>(one)->variant_tag.text();
        const Word about = argument(one);
        if (found.kind == "Path" && is(about, Tag::String))
            found.folder = as<StringObj>(about)->text();
        if (found.kind == "Git") git(about, found);
        if (found.kind == "Index") {
            found.package = package_of(field(about, "package"));
            found.version = requirement_of(field(about, "version"));
        }
        return found;
    }

private:
    void git(Word about, Dependency& found) {
        found.url = text(about, "url");
        found.path = text(about, "path");
        found.ref_kind = "Head";
        const Word ref = field(about, "ref");
        if (!is(ref, Tag::Variant)) return;
        found.ref_kind = as<Variant>(ref)->variant_tag.text();
        if (const Word name = argument(ref); is(name, Tag::String))
            found.ref = as<StringObj>(name)->text();
    }

    // As it is written, or as std.package.PackageId makes it.
    std::string package_of(Word id) {
        if (is(id, Tag::String)) return std::string(as<StringObj>(id)->text());
        const Word parts = argument(id);
        const std::string path = text(parts, "path");
        return "github:" + text(parts, "org") + "/" + text(parts, "name") +
               (path.empty() ? "" : "/" + path);
    }

    std::string requirement_of(Word version) {
        if (is(version, Tag::String)) return std::string(as<StringObj>(version)->text());
        if (!is(version, Tag::Variant)) return {};
        const bool is_exact = as<Variant>(version)->variant_tag.text() == "Exact";
        const Word parts = argument(version);
        std::string out = is_exact ? "=" : "";
        for (const char* name : {"major", "minor", "patch"}) {
            const Word part = field(parts, name);
            if (!part.exists() || !part.is_integer()) break;
            if (std::string_view(name) != "major") out += '.';
            out += std::to_string(part.as_integer());
        }
        const std::string pre = text(parts, "pre");
        return pre.empty() ? out : out + "-" + pre;
    }

    Machine& machine_;
};

}

std::string Dependency::key() const {
    if (kind == "Git")
        return "git " + url + " " + ref_kind + (ref.empty() ? "" : " " + ref) +
               (path.empty() ? "" : " in " + path);
    if (kind == "Index") return "index " + package + " " + version;
    return {};
}

// `{ dependencies = { name = 'Path "../other" } }`
Packages::Manifest Packages::load(const std::string& path) const {
    Manifest manifest;
    EvaluationOptions options;
    options.limits = options_.limits;
    options.frozen_files = options_.frozen_files;
    options.stop = options_.stop;
    const std::string folder = std::string(base::parent_path(path));
    // What was fetched reads its own files, and no others.
    if (!options_.limits.package_cache.empty() &&
        path.starts_with(options_.limits.package_cache + "/"))
        options.limits.import_roots = {folder};
    Evaluation evaluation(std::move(options));
    std::vector<value::Diagnostic> found;
    std::optional<value::Diagnostic> error;
    Word word = evaluation.load_file(path, ast::ImportFormat::Nickel, found);
    if (found.empty()) word = evaluation.evaluate_deep(word, error, Machine::Depth::Exported);
    if (!found.empty()) error = std::move(found.front());
    if (error) {
        manifest.error.emplace();
        manifest.error->kind = "ImportError::IoError";
        manifest.error->message = "the package manifest " + path + " is wrong: " + error->message;
        manifest.error->notes = std::move(error->notes);
        return manifest;
    }
    ManifestReader reader(evaluation.machine);
    const Word dependencies = reader.field(word, "dependencies");
    if (!is(dependencies, Tag::Record)) return manifest;
    for (const Symbol name : as<Record>(dependencies)->shape->names()) {
        const Word one = reader.field(dependencies, name.text());
        if (!is(one, Tag::Variant)) continue;
        Dependency dependency = reader.dependency(one);
        if (!dependency.folder.empty() && !dependency.folder.starts_with('/'))
            dependency.folder = (folder == "." ? "" : folder + "/") + dependency.folder;
        manifest.dependencies.emplace(name.text(), std::move(dependency));
    }
    return manifest;
}

// ---- locks

base::Result<Lock> Packages::parse_lock(std::string_view text) {
    const json::Value whole = TRY(json::parse(text));
    const json::Value* packages = whole.find("packages");
    if (whole.int64_or("version", 0) != 1 || packages == nullptr || !packages->is_object())
        return base::Error(base::Code::InvalidArgument, "it is no lock of version 1");
    Lock lock;
    for (const json::Member& one : *packages->as_object()) {
        LockedPackage& locked = lock.packages[one.key];
        locked = {.url = std::string(one.value.string_or("url", "")),
                  .commit = std::string(one.value.string_or("commit", "")),
                  .path = std::string(one.value.string_or("path", "")),
                  .version = std::string(one.value.string_or("version", "")),
                  .sha256 = std::string(one.value.string_or("sha256", ""))};
        // They become parts of paths and arguments.
        const bool is_id = locked.commit.size() == 40 &&
                           locked.commit.find_first_not_of("0123456789abcdef") == std::string::npos;
        if (!is_id || locked.path.starts_with('/') ||
            ("/" + locked.path + "/").find("/../") != std::string::npos)
            return base::Error(base::Code::InvalidArgument,
                               "the commit or path of `" + one.key + "` is none");
    }
    return lock;
}

std::string Packages::folder_in_cache(const std::string& cache, const std::string& commit) {
    return cache + "/trees/" + commit;
}

void Packages::read_lock(const std::string& manifest) {
    is_lock_read_ = true;
    const std::string_view folder = base::parent_path(manifest);
    lock_path_ = (folder == "." ? "" : std::string(folder) + "/") + std::string(kLock);
    if (!exists(lock_path_)) return;
    std::string text;
    if (options_.frozen_files) {
        text = options_.frozen_files->at(lock_path_);
    } else if (auto read = base::read_file(lock_path_, kMaxLockBytes)) {
        text = std::move(*read);
    } else {
        lock_error_ = read.error().text();
        return;
    }
    auto parsed = parse_lock(text);
    if (parsed) {
        lock_ = std::move(*parsed);
    } else {
        lock_error_ = "the lock " + lock_path_ + " is wrong: " + parsed.error().text();
    }
}

}
