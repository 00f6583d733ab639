#pragma once

#include "lang/program.hpp"
#include "value/builder.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace engine {

// What an instance's inputs refer to as a whole: its connection, and what it comes after. Only a
// resource or connection of the program itself is a reference; a text that looks like the address
// of one is data, and chooses no account.
struct References {
    struct One {
        value::InstanceId id = value::kNoInstance;   // kNoInstance: it is not in the tree
        std::string address;
    };
    std::optional<One> connection;
    std::vector<One> after;
    bool connection_is_data = false;
    bool connection_is_unknown = false;   // which one it is depends on an unknown value
    bool after_has_data = false;

    // Something stands in the program, and in no tree: nowhere, or not yet.
    bool has_unlinked() const;
};

// Builds the inputs, and notes the references on the way. Use once.
class InputReader final : public value::ValueSink {
public:
    base::Result<value::Value> take() { return builder_.take(); }
    const References& references() const { return references_; }

    void null() override;
    void boolean(bool value) override;
    void integer(std::int64_t value) override;
    void number(const value::Rational& value) override;
    void string(std::string_view value) override;
    void secret_template(const value::SecretTemplate& value) override;
    void begin_array(std::size_t size) override;
    void end_array() override;
    void begin_record(std::size_t size) override;
    void key(std::string_view name) override;
    void end_record() override;
    void unknown(value::ValueType type) override;
    void secret() override { builder_.secret(); }
    void instance(value::InstanceId id, std::string_view address) override;

private:
    enum class Where : std::uint8_t { Elsewhere, Connection, After };
    Where where() const;
    void note_data();

    value::ValueBuilder builder_;
    References references_;
    std::size_t depth_ = 0;
    bool in_connection_ = false;   // of the input that is being told
    bool in_lifecycle_ = false;
    bool in_after_ = false;   // of the field of it
};

}
