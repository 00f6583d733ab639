#pragma once

#include "base/result.hpp"
#include "lang/syntax/source.hpp"
#include "value/address.hpp"
#include "value/cell.hpp"
#include "value/diagnostic.hpp"
#include "value/value.hpp"

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

// What the engine sees of an evaluation: instances, cells, inputs (ENGINE §2, §3). No word of the
// evaluator's own representation leaves this interface.
namespace lang {

// A resource or connection type, as far as the evaluator needs to know it. `contract` is found
// under `field` of the module `provisioning/<module>.ncl`, e.g. "File" of "local".
struct OutputInfo {
    std::string name;
    value::ValueType type = value::ValueType::Dyn;
    bool secret = false;
};
struct TypeInfo {
    std::string name;   // "local.File"
    bool is_connection = false;
    std::vector<OutputInfo> outputs;
    std::vector<std::string> inputs = {};   // their names, with the reserved ones
};

// A built-in module: `import "provisioning/<name>.ncl"`. Its types are the fields of its record
// that are named in `types` ("File" for "local.File").
struct BuiltinModule {
    std::string name;
    std::string source;
    std::vector<TypeInfo> types;
};

inline constexpr std::uint64_t kDefaultMaxSteps = 20'000'000'000;

struct Limits {
    std::uint64_t max_memory = std::uint64_t{4} << 30;   // bytes of evaluation heap
    // Frames of one task's stack, which count into the memory; by themselves they have no limit.
    std::uint32_t max_depth = ~std::uint32_t{0};
    // Calls and values made: against programs without end, estimated to be far above honest ones.
    std::uint64_t max_steps = kDefaultMaxSteps;
    // Folders below which imported files must lie; none: anywhere. A workspace's programs have at
    // least their own folder here; a single file that somebody evaluates by its name may import as
    // in official Nickel.
    std::vector<std::string> import_roots = {};
    // Where fetched packages lie, which may be imported as the lock names them; empty: none may.
    std::string package_cache = {};
    bool collects_often = false;   // for tests: Heap::collect_often
};

// A value that a program is given from outside, merged over it. Of several for one place the last
// counts.
struct Given {
    // A definition may name what the program does not declare; the others are held against it.
    enum class From : std::uint8_t { Option, Variable, File, Definition } from = From::Option;
    std::string name = {};   // of the variable or the file
    std::string text = {};   // PATH=EXPR; of a file: what is in it

    bool operator==(const Given&) const = default;
};

// A field of the record `inputs`, by which a program declares what it may be given.
struct DeclaredInput {
    std::string name;
    std::string type;   // its annotations, as they are written; "": anything
    std::string doc;
    std::optional<value::Value> fallback;     // `| default`
    std::optional<value::Value> value;        // what it is now
    std::optional<Given> given;               // by which it came; none: by the program
    value::InputPlace place;                  // where it is declared, or where its value is written
    std::optional<value::Diagnostic> error;   // why the value is none
    bool is_optional = false;

    bool is_missing() const { return !value && !error && !is_optional; }
};

struct ProgramOptions {
    std::string main_path;   // main.ncl or environments/NAME.ncl
    std::string base_path;   // main.ncl, whose declarations hold for an environment too; "": none
    std::vector<Given> given;   // in the order of counting
    std::vector<std::string> import_paths;
    std::string schemas_dir;   // found before the built-in modules
    std::vector<BuiltinModule> modules;
    // Files by path, read in place of the disk: of a saved plan.
    std::optional<std::map<std::string, std::string>> frozen_files;
    bool all_unknown = false;   // `check`: every cell is unknown from the start
    Limits limits;
    // Once it is asked to stop, next() returns within some 50 ms, whatever the program does.
    std::stop_token stop = {};
};

// Evaluates a workspace. Single-threaded: the coordinating thread owns it. Parse errors and the
// like come as Event::Error from the first next().
class Program {
public:
    struct Event {
        enum class Kind {
            Inputs,     // the inputs of `instance` are evaluated: read them by emit_inputs
            Outputs,    // the program's `outputs` are evaluated: emit_outputs
            Deferral,   // a place of the resource tree is unknown; `address` is its path ("" =
                        // all), `touched` its cause
            Error,      // the evaluation of `instance` or of the tree at `address` failed
            Waiting,    // nothing can run until the cells of a postponed instance are set
            Done,       // nothing can run any more and nothing is parked
            Stopped,    // it was asked to stop, and nothing else will be told: there is no plan
        };
        Kind kind = Kind::Done;
        value::InstanceId instance = 0;
        std::string address;
        std::vector<value::CellId> touched;       // sorted; of inputs: with those of the tree above
        std::optional<value::Diagnostic> error;   // a cycle through outputs is an Error too
    };

    static std::unique_ptr<Program> create(ProgramOptions options);
    virtual ~Program() = default;

    // Runs until there is something to tell. Cells of an instance must be set (set_cell) when its
    // Inputs have been told, before the next call or, where it is postponed, some time later;
    // whoever reads an unset cell waits until then. After set_cell of the last unknown cell that
    // the evaluation of an instance touched, it is told again (Inputs, Deferral or Error), and what
    // a deferral hid is found.
    virtual Event next() = 0;
    // No more cells will become known: the next events tell the outputs and the branches of the
    // tree with those that did, though others that they touched are still unknown.
    virtual void catch_up() = 0;

    // A cell's value: known (write it to the sink returned, then call next or set again), or
    // unknown.
    virtual void set_cell_unknown(value::CellId cell) = 0;
    // The cells of an instance whose Inputs were told will be set after other calls of next():
    // until then, that nothing can run is no circle. It ends with the first of its cells.
    virtual void postpone(value::InstanceId id) = 0;
    virtual value::ValueSink& set_cell(value::CellId cell) = 0;

    virtual std::string_view
    address(value::InstanceId id) const = 0;   // "web.1"; connections: "connections.hz"
    virtual std::string_view type(value::InstanceId id) const = 0;   // "local.File"
    virtual std::size_t instance_count() const = 0;
    // Whether all that stands under `connections` is found, except behind a deferral.
    virtual bool are_connections_found() const = 0;
    virtual void emit_inputs(value::InstanceId id, value::ValueSink& sink) const = 0;
    virtual void emit_outputs(value::ValueSink& sink) const = 0;
    // Those of which an input was read for the inputs of this one, as far as they are in a tree:
    // it comes after them, though no value waits for them. Ascending.
    virtual std::vector<value::InstanceId> instances_read_by(value::InstanceId) const { return {}; }
    // Where the instance, or one top-level input of it, is written. Empty input: the instance.
    virtual value::InputPlace place(value::InstanceId id, std::string_view input) const = 0;
    // Where the field of the resource tree is written in which it stands: of what a function makes,
    // whoever calls it.
    virtual value::InputPlace tree_place(value::InstanceId id) const { return place(id, {}); }
    // Where the first instance is written that this input refers to and that stands in no tree.
    virtual value::InputPlace unlinked_place(value::InstanceId id,
                                             std::string_view input) const = 0;

    // What the program declares under `moved`, once that is evaluated: it comes before all that
    // stands under `resources`. What is wrong with it, next() tells.
    virtual const std::vector<value::AddressMove>& moved() = 0;

    // What the program declares under `inputs`; of a program that is not run. Nothing when it
    // cannot be loaded: why is told.
    virtual std::optional<std::vector<DeclaredInput>>
    declared_inputs(std::vector<value::Diagnostic>& findings) = 0;

    // Every file read so far, with its content, for saved plans and messages.
    virtual std::map<std::string, std::string> sources() const = 0;
    virtual std::string render(const value::Diagnostic& diagnostic, bool colour) const = 0;
    virtual std::string render_json(const value::Diagnostic& diagnostic) const = 0;
};

}
