#include "engine/plan/checks.hpp"
#include "engine/plan/collect.hpp"

#include "provider/values.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <map>
#include <set>

namespace engine {
namespace {

using provider::WrittenRelation;
using value::Value;

// One thing at an end of a relation: a resource, or an id that no resource has.
using Thing = std::string;

// An input that says which things a relation has: all those of `whole`, or the one pair.
struct Writer {
    ResourceIndex index = kNoResource;
    std::string input;
    std::string name;
    std::set<std::pair<Thing, Thing>> pairs;
    Thing first;   // whose all it says; empty: not of one
    Thing second;
};

class Finder {
public:
    Finder(const ResourceTable& table, const lang::Program* program, ProblemList& problems)
        : table_(table), program_(program), problems_(problems) {}

    void run() {
        for (ResourceIndex i = 0; i < table_.size(); ++i) {
            const Resource& resource = table_[i];
            if (!resource.desired || resource.type == nullptr || resource.difference.is_refused)
                continue;
            for (const WrittenRelation& relation : resource.type->relations) add(i, relation);
        }
        if (writers_.empty()) return;
        for (std::size_t at = 0; at < writers_.size(); ++at) index(at);
        for (std::size_t at = 0; at < writers_.size(); ++at) check(at);
        for (ResourceIndex i = 0; i < table_.size(); ++i) {
            if (!table_[i].desired) continue;
            for (const SharedRead& read : table_[i].desired->shared) check_read(i, read);
        }
    }

private:
    void add(ResourceIndex index, const WrittenRelation& relation) {
        const bool is_of_first = relation.first.input.empty();
        const bool is_of_second = relation.second.input.empty();
        const std::string& path = is_of_first ? relation.second.input : relation.first.input;
        const std::string input = path.substr(0, path.find('.'));
        const Resource& resource = table_[index];
        const Value* given = resource.desired->inputs.find(input);
        if (given == nullptr || given->is_null()) return;
        const auto& ignored = resource.lifecycle.ignore;
        if (std::ranges::find(ignored, input) != ignored.end()) return;
        Writer writer{.index = index, .input = input, .name = relation.name};
        std::vector<Thing> firsts = things_of(index, relation.first);
        std::vector<Thing> seconds = things_of(index, relation.second);
        if (is_of_first) writer.first = firsts.front();
        if (is_of_second) writer.second = seconds.front();
        // What neither is told nor read is somebody's all the same.
        if (firsts.empty()) firsts.emplace_back("\n");
        if (seconds.empty()) seconds.emplace_back("\n");
        for (const Thing& first : firsts) {
            for (const Thing& second : seconds) writer.pairs.emplace(first, second);
        }
        writers_.push_back(std::move(writer));
    }

    std::vector<Thing> things_of(ResourceIndex index, const WrittenRelation::End& end) {
        if (end.input.empty()) return {table_[index].address};
        std::vector<Thing> out;
        bool has_unknown = false;
        collect(table_[index].desired->inputs, end.input, [&](const Value& id) {
            has_unknown = has_unknown || id.has_unknown();
            if (const std::string text = provider::id_text(&id); !text.empty())
                out.push_back(thing_of(end.type, text));
        });
        if (!has_unknown) return out;
        // Which of them it will be, the value does not tell before it is there: whose it may be is
        // told by what was read.
        for (const ResourceIndex owner : table_[index].desired->reads) {
            const provider::ResourceType* type = table_[owner].type;
            if (type != nullptr && type->name == end.type) out.push_back(table_[owner].address);
        }
        return out;
    }

    template <typename Visit>
    static void collect(const Value& value, std::string_view path, Visit visit) {
        if (value.is_unknown()) return visit(value);
        if (const Value::Array* items = value.as_array()) {
            for (const Value& item : *items) collect(item, path, visit);
            return;
        }
        if (path.empty()) return visit(value);
        const std::size_t dot = path.find('.');
        const Value* member = value.find(path.substr(0, dot));
        if (member == nullptr) return;
        collect(*member, dot == std::string_view::npos ? "" : path.substr(dot + 1), visit);
    }

    Thing thing_of(const std::string& type, const std::string& id) {
        if (by_id_.empty()) {
            for (const Resource& resource : table_) {
                const state::Row* row = resource.recorded.row;
                if (row != nullptr) by_id_.emplace(row->type + "\n" + row->key, resource.address);
            }
            by_id_.emplace("", "");
        }
        const auto found = by_id_.find(type + "\n" + id);
        return found != by_id_.end() ? found->second : "\n" + id;
    }

    void index(std::size_t at) {
        const Writer& writer = writers_[at];
        for (const auto& [first, second] : writer.pairs) {
            for (const Thing& end : {first, second})
                by_end_.emplace(std::pair(writer.name, end), at);
        }
        if (!writer.first.empty()) of_whole_[{writer.name, writer.first}].push_back(at);
        if (!writer.second.empty()) of_whole_[{writer.name, writer.second}].push_back(at);
    }

    // Whoever says all of one of its ends.
    void check(std::size_t at) {
        const Writer& writer = writers_[at];
        for (const auto& [first, second] : writer.pairs) {
            for (const Thing& end : {first, second}) {
                const auto found = of_whole_.find({writer.name, end});
                if (found == of_whole_.end()) continue;
                for (const std::size_t other : found->second) {
                    if (other != at && told_.emplace(std::minmax(at, other)).second)
                        tell(writers_[other], writer);
                }
            }
        }
    }

    // What is read is complete only when the other one is made, which comes after its owner, and
    // which nobody waits for.
    void check_read(ResourceIndex reader, const SharedRead& read) {
        const Resource& owner = table_[read.owner];
        const auto [begin, end] = by_end_.equal_range({read.output->relation, owner.address});
        for (auto at = begin; at != end; ++at) {
            const Writer& writer = writers_[at->second];
            // What it says itself it has from the beginning.
            if (writer.index == read.owner) return;
        }
        if (begin == end) return;
        const Resource& giver = table_[writers_[begin->second].index];
        problems_.add(
            {.address = table_[reader].address,
             .message = fmt::format("{} reads `{}` of {}, which {} gives it only after {} is made",
                                    table_[reader].address, read.output->name, owner.address,
                                    giver.address, owner.address),
             .help = fmt::format("read it of {}, or say the {} in {} itself", giver.address,
                                 read.output->relation, owner.address),
             .place = place_of(program_, table_[reader], {}),
             .other = place_of(program_, giver, writers_[begin->second].input)});
    }

    void tell(const Writer& a, const Writer& b) {
        const std::string& first = table_[a.index].address;
        const std::string& second = table_[b.index].address;
        problems_.add(
            {.address = second,
             .message = fmt::format("the {} are said twice, by `{}` of {} and by `{}` of {}: each "
                                    "would undo what the other does",
                                    a.name, a.input, first, b.input, second),
             .help = fmt::format("say them in one of the two; or let `{}` be only what {} begins "
                                 "with, by `lifecycle.ignore = [\"{}\"]`",
                                 a.input, first, a.input),
             .place = place_of(program_, table_[b.index], b.input),
             .other = place_of(program_, table_[a.index], a.input)});
    }

    const ResourceTable& table_;
    const lang::Program* program_;
    ProblemList& problems_;
    std::vector<Writer> writers_;
    std::map<std::pair<std::string, Thing>, std::vector<std::size_t>> of_whole_;
    std::multimap<std::pair<std::string, Thing>, std::size_t> by_end_;
    std::map<std::string, std::string> by_id_;   // address by type and id; filled when needed
    std::set<std::pair<std::size_t, std::size_t>> told_;
};

}

void check_relations(const ResourceTable& table, const lang::Program* program,
                     ProblemList& problems) {
    if (program != nullptr) Finder(table, program, problems).run();
}

}
