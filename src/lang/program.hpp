#pragma once

#include "base/result.hpp"
#include "lang/diag/diagnostic.hpp"

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

// What the engine sees of an evaluation: instances, cells, inputs (ENGINE §2, §3). No word of the
// evaluator's own representation leaves this interface.
namespace lang {

class Rational;

// What is known of a value that is not known yet.
enum class ValueType : std::uint8_t { Dyn, Null, Bool, Number, String, Array, Record };

using InstanceId = std::uint32_t;
struct CellId {
    InstanceId instance = 0;
    std::uint32_t output = 0;   // index into the outputs of the instance's type

    auto operator<=>(const CellId&) const = default;
};

// Receives a value in depth-first order. Used in both directions: the evaluator writes inputs and
// outputs to the engine, the engine writes the value of a cell to the evaluator.
class ValueSink {
public:
    virtual ~ValueSink() = default;
    virtual void null() = 0;
    virtual void boolean(bool value) = 0;
    virtual void integer(std::int64_t value) = 0;
    virtual void number(const Rational& value) = 0;    // anything that integer() cannot hold
    virtual void string(std::string_view value) = 0;   // enum tags without argument too
    virtual void begin_array(std::size_t size) = 0;
    virtual void end_array() = 0;
    virtual void begin_record(std::size_t size) = 0;
    virtual void key(std::string_view name) = 0;   // in ascending order
    virtual void end_record() = 0;
    virtual void unknown(ValueType type) = 0;
    // The next value, whole, is secret.
    virtual void secret() = 0;
    // A whole instance, where one may stand (`connection`, `lifecycle.after`, `outputs`).
    virtual void instance(InstanceId id, std::string_view address) = 0;
};

// A resource or connection type, as far as the evaluator needs to know it. `contract` is found
// under `field` of the module `provisioning/<module>.ncl`, e.g. "File" of "local".
struct OutputInfo {
    std::string name;
    ValueType type = ValueType::Dyn;
    bool secret = false;
};
struct TypeInfo {
    std::string name;   // "local.File"
    bool is_connection = false;
    std::vector<OutputInfo> outputs;
};

// A built-in module: `import "provisioning/<name>.ncl"`. Its types are the fields of its record
// that are named in `types` ("File" for "local.File").
struct BuiltinModule {
    std::string name;
    std::string source;
    std::vector<TypeInfo> types;
};

struct Limits {
    std::uint64_t max_memory = std::uint64_t{4} << 30;   // bytes of evaluation heap
    std::uint32_t max_depth = 2'000'000;                 // frames of one task's stack
    std::uint64_t max_steps = ~std::uint64_t{0};         // calls and values made
    // Folders below which imported files must lie; none: anywhere.
    std::vector<std::string> import_roots = {};
};

struct ProgramOptions {
    std::string main_path;               // main.ncl or environments/NAME.ncl
    std::vector<std::string> settings;   // --set PATH=EXPR
    std::vector<std::string> import_paths;
    std::string schemas_dir;   // found before the built-in modules
    std::vector<BuiltinModule> modules;
    // Files by path, read in place of the disk: of a saved plan.
    std::optional<std::map<std::string, std::string>> frozen_files;
    bool all_unknown = false;   // `check`: every cell is unknown from the start
    Limits limits;
};

// One input of an instance as written: for causes and messages.
struct InputPlace {
    std::string file;
    std::uint32_t line = 0;
    std::uint32_t column = 0;

    bool operator==(const InputPlace&) const = default;
};

// Evaluates a workspace. Single-threaded: the coordinating thread owns it. Parse errors and the
// like come as Event::Error from the first next().
class Program {
public:
    struct Event {
        enum class Kind {
            Inputs,     // the inputs of `instance` are evaluated: read them by emit_inputs
            Outputs,    // the program's `outputs` are evaluated: emit_outputs
            Frontier,   // a place of the spine is unknown; `address` is its path ("" = all),
                        // `touched` its cause
            Error,      // the evaluation of `instance` or of the spine at `address` failed
            Done,       // nothing can run any more and nothing is parked
        };
        Kind kind = Kind::Done;
        InstanceId instance = 0;
        std::string address;
        std::vector<CellId> touched;       // sorted; of inputs: with those of the spine above
        std::optional<Diagnostic> error;   // a cycle through outputs is an Error too
    };

    static std::unique_ptr<Program> create(ProgramOptions options);
    virtual ~Program() = default;

    // Runs until there is something to tell. Cells of an instance must be set (set_cell) when its
    // Inputs have been told; whoever reads an unset cell waits until then. After set_cell of a
    // cell that was unknown, the instances whose evaluation touched it are told again (Inputs,
    // Frontier or Error), and what a frontier hid is found.
    virtual Event next() = 0;

    // A cell's value: known (write it to the sink returned, then call next or set again), or
    // unknown.
    virtual void set_cell_unknown(CellId cell) = 0;
    virtual ValueSink& set_cell(CellId cell) = 0;

    virtual std::string_view
    address(InstanceId id) const = 0;   // "web.1"; connections: "connections.hz"
    virtual std::string_view type(InstanceId id) const = 0;   // "local.File"
    virtual std::size_t instance_count() const = 0;
    virtual void emit_inputs(InstanceId id, ValueSink& sink) const = 0;
    virtual void emit_outputs(ValueSink& sink) const = 0;
    // Where the instance, or one top-level input of it, is written. Empty input: the instance.
    virtual InputPlace place(InstanceId id, std::string_view input) const = 0;

    // Every file read so far, with its content, for saved plans and messages.
    virtual std::map<std::string, std::string> sources() const = 0;
    virtual std::string render(const Diagnostic& diagnostic, bool colour) const = 0;
    virtual std::string render_json(const Diagnostic& diagnostic) const = 0;
};

}
