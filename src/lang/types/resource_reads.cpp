#include "lang/types/resource_reads.hpp"

#include "base/text.hpp"

#include <algorithm>
#include <string>
#include <utility>

namespace lang::types {

static void check(const ast::Access& read, ResourceTerms& terms,
                  std::vector<value::Diagnostic>& findings) {
    const TypeInfo* type = terms.type_of(read.object);
    if (type == nullptr) return;
    const std::string_view name = read.field.text();
    std::vector<std::string_view> known(type->inputs.begin(), type->inputs.end());
    for (const OutputInfo& output : type->outputs) known.emplace_back(output.name);
    if (std::ranges::find(known, name) != known.end()) return;
    value::Diagnostic finding;
    finding.kind = "TypecheckError::MissingRow";
    finding.message = "a " + type->name + " has no field `" + std::string(name) + "`";
    finding.labels = {{read.field_span, "read here", true}};
    std::string help = base::did_you_mean(name, known);
    finding.notes = {help.empty() ? "there is: " + base::join(known, ", ") : std::move(help)};
    findings.push_back(std::move(finding));
}

void check_resource_reads(const FileIndex& index, ResourceTerms& terms,
                          std::vector<value::Diagnostic>& findings, const std::stop_token& stop) {
    for (const ast::Access* read : index.reads) {
        if (stop.stop_requested()) return;
        check(*read, terms, findings);
    }
}

}
