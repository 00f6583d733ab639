#pragma once

#include "base/guarded.hpp"
#include "providers/rest/data_source_type.hpp"
#include "providers/rest/resource_handler.hpp"

#include <map>

namespace providers::rest {

// What a DataSourceType does. What it found is kept for as long as the connection lives: a plan and
// its apply see the same.
class DataSource final : public ResourceHandler {
public:
    DataSource(const ConnectionContext& connection, const DataSourceType& type)
        : ResourceHandler(connection, type), type_(type) {}

    // The outputs are known as soon as the inputs are.
    base::Result<provider::PlannedChange> plan(const provider::Change& change,
                                               const CallScope& context) const override;
    bool plan_calls_out() const override { return true; }
    base::Result<provider::Page> list(std::string_view page,
                                      const CallScope& context) const override;
    void normalize(provider::ObservedResource&, const value::Value&) const override {}
    base::Result<std::optional<provider::ObservedResource>>
    read(const std::string& key, const CallScope& context) const override;
    base::Result<std::optional<provider::ObservedResource>>
    read_again(const std::string& key, const value::Value& recorded_inputs,
               const CallScope& context) const override;
    base::Result<provider::OperationResult> start(const provider::Intent& intent,
                                                  const CallScope& context) const override;
    base::Result<provider::OperationResult> poll(const provider::Intent& intent,
                                                 const CallScope& context) const override;
    base::Result<provider::LookupResult> find(const provider::Intent& intent,
                                              const CallScope& context) const override;

private:
    base::Result<std::optional<provider::ObservedResource>> look_up(const value::Value& inputs,
                                                                    const CallScope& context) const;
    base::Error nothing_fits(const value::Value& inputs) const;
    value::Value outputs_of(const json::Value& object) const;

    const DataSourceType& type_;
    mutable base::Guarded<std::map<std::string, provider::ObservedResource>>
        found_;   // by what is wanted
};

}
