#include "suite.hpp"

#include "base/fs.hpp"
#include "providers/extension/provider.hpp"

#include <algorithm>
#include <filesystem>

namespace conformance {
namespace {

using value::Value;

// A copy of examples/extension, and what its program makes there.
struct Shop {
    std::string path = *base::make_temporary_directory("conformance");
    std::unique_ptr<provider::Provider> provider;

    Shop() {
        std::filesystem::copy("examples/extension", path, std::filesystem::copy_options::recursive);
        provider = std::move(providers::extension::load(engine::Workspace(path))->front());
    }
    ~Shop() { (void)base::remove_tree(path); }

    std::vector<std::string> books() const {
        std::vector<std::string> out;
        for (const char* shelf : {"left", "right"}) {
            const std::string folder = base::join_path(path, shelf);
            const auto names = base::list_directory(folder);
            if (!names.ok()) continue;
            for (const std::string& name : *names) out.push_back(base::join_path(folder, name));
        }
        return out;
    }
    provider::Host host() const {
        return {.workspace_dir = path, .state_dir = base::join_path(path, ".provisioning")};
    }
};

Value book(const char* title, const char* shelf) {
    return Value::Record{{"title", title}, {"pages", std::int64_t{100}}, {"shelf", shelf}};
}

Subject shelf_book() {
    auto shop = std::make_shared<Shop>();
    Subject subject;
    subject.name = "shelf.Book (an extension)";
    subject.type = &shop->provider->schema().types.front();
    subject.connect = [shop] { return shop->provider->connect({}, shop->host()); };
    lose_answers_in_front(subject);
    subject.is_outside_process = true;
    subject.inputs = book("Ulysses", "left");
    subject.updated = book("Dubliners", "left");
    subject.replaced = book("Ulysses", "right");
    subject.count = [shop] { return static_cast<int>(shop->books().size()); };
    subject.change_outside = [shop] {
        for (const std::string& file : shop->books()) {
            (void)base::write_file_atomic(file, R"({"title":"Exiles","pages":1,"shelf":"left"})");
        }
    };
    subject.remove_outside = [shop] {
        for (const std::string& file : shop->books()) (void)base::remove_file(file);
    };
    subject.make_by_hand = [shop] {
        (void)base::make_directories(base::join_path(shop->path, "left"));
        (void)base::write_file_atomic(base::join_path(shop->path, "left/mine"),
                                      R"({"title":"Ulysses","pages":1,"shelf":"left"})");
        return "left/mine";
    };
    subject.exempt({"foreign thing"}, "a book is named by its token: nobody has its name");
    subject.exempt({"throttled", "wrong credentials", "another account"},
                   "the program of the example neither counts requests nor asks for credentials");
    subject.unremovable = {{.inputs = {}, .reason = "a book always has its pages"}};
    subject.exempt({"unknown field in an answer"}, "its answers are its own");
    subject.exempt({"kill between start and poll"},
                   "its program waits for the end; after a kill it is found running");
    subject.exempt({"kill between phases"}, "each change is one call");
    return subject;
}

}

std::vector<MakeSubject> extension_subjects() { return {shelf_book}; }

}
