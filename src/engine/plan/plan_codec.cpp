#include "engine/plan/plan_codec.hpp"

#include "base/hash.hpp"
#include "engine/plan/plan_fields.hpp"
#include "json/value.hpp"
#include "json/writer.hpp"

#include <fmt/core.h>

#include <concepts>
#include <type_traits>

namespace engine {
namespace {

// Raised with any change of what is described: a saved plan lives for hours, so nothing older is
// read.
constexpr std::int64_t kFormat = 1;

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
    // Enumerations name their last value, which only a reader needs: any other number is refused.
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
        // As the state has it, secrets sealed, each for its place in this plan: one that is moved
        // does not open.
        auto bytes = state::encode_value(value, key_, {.use = "plan", .number = ++values_});
        if (!bytes.ok()) {
            // The walk goes on to its end: a description has no way to be left in the middle.
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
    std::uint64_t values_ = 0;           // so far: sealed into each, as its place in the plan
    std::optional<base::Error> error_;   // the first
};

class ReadingArchive {
public:
    explicit ReadingArchive(const state::KeySource& key) : key_(key) {}

    template <typename T>
    void operator()(std::string_view name, T& member) {
        const json::Value* found = at_ != nullptr ? at_->find(name) : nullptr;
        // No member is optional: what a plan does not say must not become a default.
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
        auto decoded = state::decode_value(bytes, key_, {.use = "plan", .number = ++values_});
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
            // A damaged list of a million entries is not read to its end.
            if (error_) return;
        }
    }
    template <Described<ReadingArchive> T>
    void read(const json::Value& from, T& record) {
        if (!from.is_object()) return fail("is no record");
        // The same description reads and writes; where it stands is remembered here.
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
    std::uint64_t values_ = 0;   // so far: sealed into each, as its place in the plan
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
    OrderParts order = parts_of(plan.order);
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
