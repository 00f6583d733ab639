#include "lang/types/typecheck.hpp"

#include "lang/types/checker.hpp"

#include <utility>

namespace lang::types {

class Typechecker::Impl {
public:
    Impl(Files& files, const SourceMap& sources, std::stop_token stop)
        : checker(files, sources, std::move(stop)) {}
    Checker checker;
};

Typechecker::Typechecker(Files& files, const SourceMap& sources, std::stop_token stop)
    : impl_(std::make_unique<Impl>(files, sources, std::move(stop))) {}

Typechecker::~Typechecker() = default;

void Typechecker::check(const File& file, Mode mode, std::vector<value::Diagnostic>& diagnostics) {
    impl_->checker.run(file, mode, diagnostics);
}

std::uint64_t Typechecker::allocated() const { return impl_->checker.allocated(); }

// ---- one file

Checker::Checker(Files& files, const SourceMap& sources, std::stop_token stop)
    : files_(files), sources_(sources), stop_(std::move(stop)), unifier_(store_, *this) {}

void Checker::run(const File& file, Mode mode, std::vector<value::Diagnostic>& diagnostics) {
    if (!file.root) return;
    file_ = &file;
    here_ = &names(file);
    diagnostics_ = &diagnostics;
    asked_by_ = nullptr;
    unifier_.level = 0;
    walk(file.root);
    if (mode == Mode::Walk || !diagnostics.empty()) return;
    // Either may refuse what the other accepts, as names have other types in typed code.
    here_->types.assign(here_->types.size(), 0);
    block(file.root, unifier_.fresh(), nullptr);
}

FileNames& Checker::names(const File& file) {
    FileNames& known = known_[&file];
    if (!known.types.empty()) return known;
    const auto& bindings = file.names->bindings;
    known.types.assign(bindings.size(), 0);
    known.values.assign(bindings.size(), nullptr);
    known.fields.assign(file.names->scopes + 1, 0);
    for (std::size_t i = bindings.size(); i-- > 1;) {
        if (bindings[i].kind == resolve::Binding::Kind::Field)
            known.fields[bindings[i].scope] = static_cast<ast::BindingId>(i);
    }
    return known;
}

TypeId Checker::type_of(ast::BindingId binding, const ast::Var& var) {
    if (binding == 0) return Store::kDyn;
    if (is_library(var, *file_)) {
        if (library_ == 0) library_ = library_type("root");
        return library_;
    }
    const TypeId known = here_->types[binding];
    return known == 0 ? Store::kDyn : known;
}

}
