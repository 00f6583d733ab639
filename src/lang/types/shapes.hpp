#pragma once

#include "lang/types/file_index.hpp"

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>

namespace lang::types {

// A term of some file.
struct TermRef {
    const File* file = nullptr;
    const ast::Node* node = nullptr;
};

// What kind of value a term makes, as far as the text tells.
enum class Shape : std::uint8_t {
    Unknown,
    Null,
    Bool,
    Number,
    String,
    Tag,
    Array,
    Record,
    Function
};
std::string_view name_of(Shape shape);   // "a Number"

// Follows names, accesses and imports from term to term, over several files and without evaluating:
// what a contract stands for, and what shape a term has. Bounded by a number of steps in all.
class Follower {
public:
    Follower(const FileIndex& here, Files& files, const std::stop_token& stop)
        : here_(here), files_(files), stop_(stop) {}

    // The literal, type or application that a term stands for; an unknown name for itself.
    TermRef resolve(TermRef term) { return resolve(term, kMostDepth); }
    // The field of `std.MODULE.NAME` or `std.NAME`: "number.Integer"; empty for what is none.
    std::string library_name(TermRef term);
    Shape shape_of(TermRef term) { return shape_of(term, kMostDepth); }
    // Of the values that a contract lets pass.
    Shape shape_of_contract(TermRef contract);
    void renew() { left_ = kMostSteps; }
    const FileIndex& index_of(const File& file);
    // The only thing that a field of a literal can be but for merging; none: several, or a path.
    static const ast::FieldDef* only_definition(const FileIndex& index, const ast::Record& record,
                                                Symbol name);

private:
    static constexpr int kMostDepth = 48;
    static constexpr int kMostSteps = 20'000;

    TermRef resolve(TermRef term, int depth);
    TermRef resolve_name(TermRef term, int depth);
    TermRef resolve_access(const File* file, const ast::Node* object, Symbol field, int depth);
    Shape shape_of(TermRef term, int depth);
    Shape shape_of_name(TermRef term, int depth);
    Shape shape_of_call(TermRef head, std::size_t arguments, int depth);
    Shape shape_of_annotated(const File* file, const ast::Annotations& annotations,
                             const ast::Node* value, int depth);
    const ast::Node* library_type(const std::string& name);

    const FileIndex& here_;
    Files& files_;
    const std::stop_token& stop_;
    std::map<const File*, std::unique_ptr<FileIndex>> others_;
    int left_ = kMostSteps;
};

}
