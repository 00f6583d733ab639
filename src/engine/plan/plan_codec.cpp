#include "engine/plan/plan_codec.hpp"

#include "base/hash.hpp"
#include "json/value.hpp"
#include "json/writer.hpp"

#include <fmt/core.h>

#include <concepts>
#include <type_traits>

namespace engine {
namespace {

constexpr std::int64_t kFormat = 1;

// Each kind of thing is described once, below; writing and reading are two ways through the same
// description, so that neither can forget a member that the other has.
template <typename Archive>
void describe(Archive& archive, value::InputPlace& place) {
    archive("file", place.file);
    archive("line", place.line);
    archive("column", place.column);
}

template <typename Archive>
void describe(Archive& archive, FieldChange& change) {
    archive("path", change.path);
    archive("before", change.before);
    archive("after", change.after);
    archive("forces", change.forces);
}

template <typename Archive>
void describe(Archive& archive, Cause& cause) {
    archive("kind", cause.kind, Cause::Kind::Destroy);
    archive("subject", cause.subject);
    archive("place", cause.place);
    archive("action", cause.action, StepAction::Delete);
}

template <typename Archive>
void describe(Archive& archive, Release& release) {
    archive("input", release.input);
    archive("address", release.address);
    archive("may", release.may);
}

template <typename Archive>
void describe(Archive& archive, provider::ConnectionRecord& record) {
    archive("address", record.address);
    archive("provider", record.provider);
    archive("identity", record.identity);
    archive("settings", record.settings);
}

template <typename Archive>
void describe(Archive& archive, state::Version& version) {
    archive("epoch", version.epoch);
    archive("run", version.run);
    archive("sequence", version.sequence);
}

template <typename Archive>
void describe(Archive& archive, state::Row& row) {
    archive("address", row.address);
    archive("generation", row.generation);
    archive("type", row.type);
    archive("connection", row.connection);
    archive("key", row.key);
    archive("token", row.token);
    archive("inputs", row.inputs);
    archive("outputs", row.outputs);
    archive("lifecycle", row.lifecycle);
    archive("dependencies", row.dependencies);
    archive("complete", row.complete);
    archive("version", row.version);
}

template <typename Archive>
void describe(Archive& archive, state::Expected& expected) {
    archive("address", expected.address);
    archive("generation", expected.generation);
    archive("version", expected.version);
}

template <typename Archive>
void describe(Archive& archive, Step& step) {
    archive("address", step.address);
    archive("type", step.type);
    archive("action", step.action, StepAction::Delete);
    archive("causes", step.causes);
    archive("changes", step.changes);
    archive("changed", step.changed);
    archive("releases", step.releases);
    archive("reversible", step.reversible);
    archive("undo", step.undo);
    archive("risk", step.risk, Risk::Loss);
    archive("generation", step.generation);
    archive("create_first", step.create_first);
    archive("inputs", step.inputs);
    archive("outputs", step.outputs);
    archive("lifecycle", step.lifecycle);
    archive("connection", step.connection);
    archive("recorded", step.recorded);
    archive("reads", step.reads);
    archive("place", step.place);
}

template <typename Archive>
void describe(Archive& archive, Drift& drift) {
    archive("address", drift.address);
    archive("type", drift.type);
    archive("gone", drift.gone);
    archive("changes", drift.changes);
    archive("fates", drift.fates, Fate::AsWanted);
}

template <typename Archive>
void describe(Archive& archive, Deferral& deferral) {
    archive("address", deferral.address);
    archive("waits_for", deferral.waits_for);
}

template <typename Archive>
void describe(Archive& archive, Blocked& blocked) {
    archive("address", blocked.address);
    archive("reason", blocked.reason);
    archive("by_orphan", blocked.by_orphan);
}

template <typename Archive>
void describe(Archive& archive, Orphan& orphan) {
    archive("type", orphan.type);
    archive("key", orphan.key);
    archive("address", orphan.address);
    archive("connection", orphan.connection);
}

template <typename Archive>
void describe(Archive& archive, Unlisted& unlisted) {
    archive("type", unlisted.type);
    archive("connection", unlisted.connection);
    archive("is_own", unlisted.is_own);
    archive("code", unlisted.code, base::Code::Internal);
    archive("message", unlisted.message);
    archive("blocks", unlisted.blocks);
}

template <typename Archive>
void describe(Archive& archive, provider::ObservedResource& seen) {
    archive("key", seen.key);
    archive("inputs", seen.inputs);
    archive("outputs", seen.outputs);
    archive("token", seen.token);
}

template <typename Archive>
void describe(Archive& archive, Observed& observed) {
    archive("address", observed.address);
    archive("seen", observed.seen);
}

template <typename Archive>
void describe(Archive& archive, PlannedResource& resource) {
    archive("address", resource.address);
    archive("type", resource.type);
    archive("action", resource.action, StepAction::Delete);
    archive("needs", resource.needs);
}

template <typename Archive>
void describe(Archive& archive, Summary& summary) {
    archive("create", summary.create);
    archive("update", summary.update);
    archive("replace", summary.replace);
    archive("delete", summary.remove);
    archive("unchanged", summary.unchanged);
}

template <typename Archive>
void describe(Archive& archive, Order::Node& node) {
    archive("step", node.step);
    archive("removes", node.removes);
    archive("releases", node.releases);
}

template <typename Archive>
void describe(Archive& archive, Order::Edge& edge) {
    archive("follower", edge.follower);
    archive("why", edge.why, Order::Why::Name);
}

struct OrderParts {
    std::vector<Order::Node> nodes;
    std::vector<std::vector<Order::Edge>> edges;
};

template <typename Archive>
void describe(Archive& archive, OrderParts& order) {
    archive("nodes", order.nodes);
    archive("edges", order.edges);
}

// All but the order, which is not plain data.
template <typename Archive>
void describe(Archive& archive, Plan& plan) {
    archive("steps", plan.steps);
    archive("drift", plan.drift);
    archive("deferred", plan.deferred);
    archive("blocked", plan.blocked);
    archive("left_out", plan.left_out);
    archive("orphans", plan.orphans);
    archive("unlisted", plan.unlisted);
    archive("unchanged", plan.unchanged);
    archive("outputs", plan.outputs);
    archive("expected", plan.expected);
    archive("record_updates", plan.record_updates);
    archive("observed", plan.observed);
    archive("resources", plan.resources);
    archive("summary", plan.summary);
    archive("refreshed", plan.refreshed);
}

// What has a description above.
template <typename T, typename Archive>
concept Described = requires(T& thing, Archive& archive) { describe(archive, thing); };

class WritingArchive {
public:
    WritingArchive(json::Writer& writer, const state::KeySource& key)
        : writer_(writer), key_(key) {}

    template <typename T>
    void operator()(std::string_view name, T& member) {
        writer_.key(name);
        write(member);
    }
    template <typename T, typename Enum>
    void operator()(std::string_view name, T& member, Enum /*last*/) {
        (*this)(name, member);
    }

    void write(bool flag) { writer_.boolean(flag); }
    void write(const std::string& text) { writer_.string(text); }
    template <std::unsigned_integral T>
    void write(T number) {
        writer_.number(std::uint64_t{number});
    }
    template <std::signed_integral T>
    void write(T number) {
        writer_.number(std::int64_t{number});
    }
    template <typename T>
        requires std::is_enum_v<T>
    void write(T value) {
        writer_.number(std::uint64_t{static_cast<std::underlying_type_t<T>>(value)});
    }
    void write(const value::Value& value) {
        auto bytes = state::encode_value(value, key_);
        if (!bytes.ok()) {
            if (!error_) error_ = std::move(bytes).error();
            return writer_.null();
        }
        writer_.string(base::to_hex(*bytes));
    }
    void write(const provider::ConnectionRef& record) {
        if (record == nullptr) return writer_.null();
        provider::ConnectionRecord copy = *record;
        write(copy);
    }
    template <typename T>
    void write(std::optional<T>& value) {
        value ? write(*value) : writer_.null();
    }
    template <typename T>
    void write(std::vector<T>& items) {
        writer_.begin_array();
        for (T& item : items) write(item);
        writer_.end_array();
    }
    template <Described<WritingArchive> T>
    void write(T& record) {
        writer_.begin_object();
        describe(*this, record);
        writer_.end_object();
    }

    std::optional<base::Error>& error() { return error_; }

private:
    json::Writer& writer_;
    const state::KeySource& key_;
    std::optional<base::Error> error_;   // the first
};

class ReadingArchive {
public:
    explicit ReadingArchive(const state::KeySource& key) : key_(key) {}

    template <typename T>
    void operator()(std::string_view name, T& member) {
        const json::Value* found = at_ != nullptr ? at_->find(name) : nullptr;
        if (found == nullptr) return fail(fmt::format("`{}` is missing", name));
        read(*found, member);
        if (error_ && !is_placed_) place(name);
    }
    template <typename T, typename Enum>
    void operator()(std::string_view name, T& member, Enum last) {
        last_ = static_cast<std::uint64_t>(last);
        (*this)(name, member);
    }

    void read(const json::Value& from, bool& flag) {
        if (from.as_bool() == nullptr) return fail("is no truth value");
        flag = *from.as_bool();
    }
    void read(const json::Value& from, std::string& text) {
        if (from.as_string() == nullptr) return fail("is no text");
        text = *from.as_string();
    }
    template <std::integral T>
    void read(const json::Value& from, T& number) {
        const std::int64_t* whole = from.as_int64();
        if (whole == nullptr || !std::in_range<T>(*whole)) return fail("is no number that fits");
        number = static_cast<T>(*whole);
    }
    template <typename T>
        requires std::is_enum_v<T>
    void read(const json::Value& from, T& value) {
        const std::int64_t* whole = from.as_int64();
        if (whole == nullptr || *whole < 0 || static_cast<std::uint64_t>(*whole) > last_) {
            return fail("is none of its kinds");
        }
        value = static_cast<T>(*whole);
    }
    void read(const json::Value& from, value::Value& value) {
        if (from.as_string() == nullptr) return fail("is no stored value");
        const std::string bytes = base::from_hex(*from.as_string());
        auto decoded = state::decode_value(bytes, key_);
        if (decoded.ok()) {
            value = std::move(decoded).value();
        } else if (!error_) {
            error_ = std::move(decoded).error();
        }
    }
    void read(const json::Value& from, provider::ConnectionRef& record) {
        if (from.is_null()) return;
        auto made = std::make_shared<provider::ConnectionRecord>();
        read(from, *made);
        record = std::move(made);
    }
    template <typename T>
    void read(const json::Value& from, std::optional<T>& value) {
        if (from.is_null()) return;
        value = T();
        read(from, *value);
    }
    template <typename T>
    void read(const json::Value& from, std::vector<T>& items) {
        if (from.as_array() == nullptr) return fail("is no list");
        items.reserve(from.as_array()->size());
        for (const json::Value& item : *from.as_array()) {
            read(item, items.emplace_back());
            if (error_) return;
        }
    }
    template <Described<ReadingArchive> T>
    void read(const json::Value& from, T& record) {
        if (!from.is_object()) return fail("is no record");
        const json::Value* outer = std::exchange(at_, &from);
        describe(*this, record);
        at_ = outer;
    }

    std::optional<base::Error>& error() { return error_; }

private:
    void fail(std::string what) {
        if (error_) return;
        is_placed_ = what.front() == '`';
        error_ = base::invalid_argument(std::move(what));
    }
    void place(std::string_view name) {
        is_placed_ = true;
        if (error_->code() != base::Code::InvalidArgument) return;
        error_ = base::invalid_argument(fmt::format("`{}` {}", name, error_->message()));
    }

    const state::KeySource& key_;
    const json::Value* at_ = nullptr;
    std::uint64_t last_ = 0;   // of the enumeration that is read
    std::optional<base::Error> error_;
    bool is_placed_ = false;   // the error names its member
};

}

base::Result<std::string> write_plan(const Plan& plan, const state::KeySource& key) {
    std::string out;
    json::TextWriter writer(out, json::TextWriter::Style::Compact);
    WritingArchive archive(writer, key);
    OrderParts order{.nodes = plan.order.nodes(), .edges = {}};
    for (std::uint32_t node = 0; node < order.nodes.size(); ++node) {
        order.edges.push_back(plan.order.followers(node));
    }
    writer.begin_object();
    writer.key("plan_format");
    writer.number(kFormat);
    describe(archive, const_cast<Plan&>(plan));   // an archive that writes changes nothing
    archive("order", order);
    writer.end_object();
    if (archive.error()) return std::move(*archive.error());
    TRY(writer.finish());
    return out;
}

base::Result<Plan> read_plan(std::string_view text, const state::KeySource& key) {
    const json::Value document = TRY(json::parse(text).context("reading a plan"));
    if (document.int64_or("plan_format", 0) != kFormat) {
        return base::invalid_argument("this is no plan in the form that this program reads");
    }
    struct Whole {
        Plan plan;
        OrderParts order;
    } whole;
    ReadingArchive archive(key);
    archive.read(document, whole.plan);
    if (const json::Value* order = document.find("order"); order != nullptr && !archive.error()) {
        archive.read(*order, whole.order);
    } else if (!archive.error()) {
        return base::invalid_argument("reading a plan: `order` is missing");
    }
    if (archive.error()) return std::move(*archive.error()).with_context("reading a plan");
    for (const Drift& drift : whole.plan.drift) {
        if (drift.fates.size() == drift.changes.size()) continue;
        return base::invalid_argument("reading a plan: a drift has not one fate for each change");
    }
    whole.plan.order = TRY(Order::from_parts(whole.plan.steps.size(), std::move(whole.order.nodes),
                                             std::move(whole.order.edges))
                               .context("reading a plan"));
    return std::move(whole.plan);
}

}
