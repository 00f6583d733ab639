#include "lang/types/resources.hpp"

#include "lang/types/file_index.hpp"
#include "lang/types/resource_inputs.hpp"
#include "lang/types/resource_reads.hpp"

#include <algorithm>
#include <iterator>

namespace lang::types {

void check_resources(const File& file, Files& files, const ModuleOfImport& module_of,
                     std::vector<value::Diagnostic>& findings, const std::stop_token& stop) {
    if (file.root == nullptr) return;
    const FileIndex index(file, stop);
    std::vector<value::Diagnostic> found;
    ResourceTerms terms(index, module_of);
    check_resource_reads(index, terms, found, stop);
    check_resource_inputs(index, files, module_of, terms, found, stop);
    std::ranges::stable_sort(found, {}, [](const value::Diagnostic& one) {
        return one.labels.empty() ? 0 : one.labels[0].span.begin;
    });
    std::ranges::move(found, std::back_inserter(findings));
}

}
