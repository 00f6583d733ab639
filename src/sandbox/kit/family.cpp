#include "sandbox/kit/family.hpp"

#include "sandbox/kit/api.hpp"
#include "sandbox/kit/labels.hpp"

namespace sandbox {

base::Result<Selector> selector_of(const ApiCall& call, std::string_view name) {
    const auto text = call.query.find(name);
    if (!text) return Selector{};
    auto parsed = Selector::parse(*text);
    if (parsed.ok()) return parsed;
    // In the vendor's words for a bad parameter.
    return call.project.api.words().invalid(
        {{std::string(name), std::string(parsed.error().message())}});
}

base::Result<std::vector<const Record*>> select_records(const ApiCall& call, const Family& family,
                                                        const FilterNames& names) {
    const auto name = call.query.find(names.name);
    Selector selector;
    if (!names.selector.empty()) selector = TRY(selector_of(call, names.selector));
    std::vector<const Record*> records;
    for (const auto& [id, record] : call.project.all(family.type)) {
        // "?name=" without a value is no filter.
        if (name && !name->empty() && record.string_or("name", "") != *name) continue;
        if (!selector.matches(record.find("labels"))) continue;
        if (family.matches != nullptr && !family.matches(call, record)) continue;
        records.push_back(&record);
    }
    return records;
}

base::Result<const Record*> require(const Project& project, const Family& family, std::int64_t id) {
    const Record* record = project.find(family.type, id);
    if (record == nullptr) return project.api.refuse(Reason::NotFound, {family.words, family.type});
    return record;
}

base::Result<const Record*> require_by(const Project& project, const Family& family,
                                       std::string_view member, std::string_view text) {
    const Record* record = project.find_by(family.type, member, text);
    if (record == nullptr) return project.api.refuse(Reason::NotFound, {family.words, family.type});
    return record;
}

base::Result<void> require_new_name(const Project& project, const Family& family,
                                    std::string_view name, std::int64_t own_id) {
    const Record* other = project.named(family.type, name);
    // Its own name may be "changed" to what it is.
    if (other == nullptr || id_of(*other) == own_id) return {};
    return project.api.refuse(Reason::NameTaken, {family.words, family.type});
}

base::Result<void> require_quota(const Project& project, const Family& family,
                                 std::int64_t fallback) {
    // A quota from the settings goes before the vendor's own; 0 of either is none.
    const auto quota = project.options.quotas.find(family.type);
    const std::int64_t most = quota == project.options.quotas.end() ? fallback : quota->second;
    if (most == 0 || static_cast<std::int64_t>(project.all(family.type).size()) < most) return {};
    return project.api.refuse(Reason::OverQuota, {family.words, family.type});
}

}
