#include "state/codec.hpp"

#include "base/check.hpp"
#include "state/codec_bytes.hpp"
#include "state/key.hpp"
#include "value/builder.hpp"

#include <algorithm>

namespace state {
namespace {

// Numbers on disk: never renumbered, only added to. What an older program does not know it calls
// damaged, which is why a new tag goes with a new version of the database.
enum class Tag : std::uint8_t {
    Null = 0,
    False = 1,
    True = 2,
    Integer = 3,    // zigzag
    Rational = 4,   // "numerator/denominator"
    String = 5,
    Array = 6,
    Record = 7,
    Unknown = 8,
    Sealed = 9,            // a secret value: the sealed bytes of its encoding
    Marked = 10,           // inside a sealed value: the next value is secret itself
    SecretTemplate = 11,   // inside a sealed value: parts, each with its kind first
};

class Encoder {
public:
    enum class Secrets : std::uint8_t {
        Seal,       // sealed, as a whole
        Mark,       // inside of a seal: marked
        Unmarked,   // in the clear
    };
    Encoder(const KeySource& key, const SealContext& context, Secrets secrets)
        : key_(key), context_(context), secrets_(secrets) {}

    base::Result<void> value(const value::Value& value) {
        if (!value.is_secret() || secrets_ == Secrets::Unmarked) return parts(value);
        // What lies inside a sealed value is hidden already. The mark stays, as the value that is
        // read back has to be the same: a member may be secret while its record was not before it
        // got into another.
        if (secrets_ == Secrets::Mark) {
            tag(Tag::Marked);
            return parts(value);
        }
        // As a whole and not member by member: how many there are and what they are called is as
        // secret.
        const Key* key = TRY(key_());
        Encoder inner(key_, context_, Secrets::Mark);
        TRY(inner.parts(value));
        tag(Tag::Sealed);
        put_bytes(out_, TRY(key->seal(inner.out_, context_.associated_data())));
        return {};
    }

    std::string take() { return std::move(out_); }

private:
    void tag(Tag tag) { out_ += static_cast<char>(tag); }

    base::Result<void> parts(const value::Value& value) {
        if (const auto* boolean = value.as_bool()) {
            tag(*boolean ? Tag::True : Tag::False);
        } else if (const auto* integer = value.as_integer()) {
            tag(Tag::Integer);
            put_varint(out_, zigzag(*integer));
        } else if (const auto* number = value.as_rational()) {
            tag(Tag::Rational);
            // As a fraction, since decimals are not exact for all rationals; integers beyond 64
            // bits too.
            put_bytes(out_, number->to_fraction());
        } else if (const auto* string = value.as_string()) {
            tag(Tag::String);
            put_bytes(out_, *string);
        } else if (const auto* text = value.as_secret_template()) {
            tag(Tag::SecretTemplate);
            secret_parts(text->parts());
        } else if (const auto* unknown = value.as_unknown()) {
            tag(Tag::Unknown);
            out_ += static_cast<char>(unknown->type);
        } else if (const auto* array = value.as_array()) {
            tag(Tag::Array);
            put_varint(out_, array->size());
            for (const value::Value& item : *array) TRY(this->value(item));
        } else if (const auto* record = value.as_record()) {
            tag(Tag::Record);
            put_varint(out_, record->size());
            // Members of a record are sorted by construction, so that equal values have equal
            // bytes: checksums and fingerprints rely on it.
            for (const auto& [name, member] : *record) {
                put_bytes(out_, name);
                TRY(this->value(member));
            }
        } else {
            tag(Tag::Null);
        }
        return {};
    }

    void secret_parts(const std::vector<value::SecretPart>& parts) {
        put_varint(out_, parts.size());
        for (const value::SecretPart& part : parts) {
            out_ += static_cast<char>(part.kind);
            switch (part.kind) {
                case value::SecretPart::Kind::Literal: put_bytes(out_, part.text); break;
                case value::SecretPart::Kind::Reference:
                    put_bytes(out_, part.text);
                    put_bytes(out_, part.fingerprint);
                    break;
                case value::SecretPart::Kind::Derived:
                    out_ += static_cast<char>(part.form);
                    put_varint(out_, part.columns);
                    secret_parts(part.of);
                    break;
            }
        }
    }

    const KeySource& key_;
    const SealContext& context_;
    std::string out_;
    Secrets secrets_;
};

base::Result<value::Value> decode_rational(std::string_view text) {
    const auto slash = text.find('/');
    const std::string_view numerator = text.substr(0, slash);
    const bool negative = numerator.starts_with('-');
    auto number = value::Rational::from_digits(numerator.substr(negative ? 1 : 0), 10);
    if (!number) return damaged("not a number");
    value::Rational result = negative ? -*number : std::move(number).value();
    if (slash == std::string_view::npos) return value::Value(std::move(result));
    const auto denominator = value::Rational::from_digits(text.substr(slash + 1), 10);
    if (!denominator || denominator->is_zero()) return damaged("not a number");
    return value::Value(result / *denominator);
}

class Decoder {
public:
    Decoder(std::string_view bytes, const KeySource& key, const SealContext& context,
            std::size_t depth, bool opened)
        : reader_(bytes), key_(key), context_(context), depth_(depth), opened_(opened) {}

    base::Result<value::Value> whole() {
        value::Value value = TRY(this->value());
        if (!reader_.at_end()) return damaged("bytes after its end");
        // Nothing may follow: a value that was cut off and one that swallowed its neighbour are
        // both damage.
        return value;
    }

private:
    base::Result<value::Value> value() {
        switch (static_cast<Tag>(TRY(reader_.byte()))) {
            case Tag::Null: return value::Value();
            case Tag::False: return value::Value(false);
            case Tag::True: return value::Value(true);
            case Tag::Integer: return value::Value(unzigzag(TRY(reader_.varint())));
            case Tag::Rational: return decode_rational(TRY(reader_.bytes()));
            case Tag::String: return value::Value(TRY(reader_.bytes()));
            case Tag::Array: return array();
            case Tag::Record: return record();
            case Tag::Unknown: return unknown();
            case Tag::Sealed: return sealed();
            case Tag::Marked: return marked();
            case Tag::SecretTemplate: return secret_template();
        }
        return damaged("unknown kind of value");
    }

    base::Result<value::Value> array() {
        // The reader recurses, so depth is stack. Whatever is nested deeper than a value can be
        // was not written by us.
        if (++depth_ > value::kMaxValueDepth) return damaged("nested too deep");
        const std::size_t size = TRY(reader_.count());
        value::Value::Array items;
        // `count` lets pass what the bytes could hold; of nested arrays each could claim that
        // again, so no more than this is taken in advance.
        items.reserve(std::min<std::size_t>(size, 1024));
        for (std::size_t i = 0; i < size; ++i) items.push_back(TRY(value()));
        --depth_;
        return value::Value(std::move(items));
    }

    base::Result<value::Value> record() {
        if (++depth_ > value::kMaxValueDepth) return damaged("nested too deep");
        const std::size_t size = TRY(reader_.count());
        value::Value::Record members;
        members.reserve(std::min<std::size_t>(size, 1024));
        for (std::size_t i = 0; i < size; ++i) {
            const auto name = TRY(reader_.bytes());
            // `find` searches in halves: in a record out of order it would miss members that are
            // there.
            if (!members.empty() && members.back().first >= name)
                return damaged("names out of order");
            members.emplace_back(std::string(name), TRY(value()));
        }
        --depth_;
        return value::Value(std::move(members));
    }

    base::Result<value::Value> unknown() {
        const std::uint8_t type = TRY(reader_.byte());
        if (type > static_cast<std::uint8_t>(value::ValueType::Record))
            return damaged("unknown type");
        return value::Value::unknown(static_cast<value::ValueType>(type));
    }

    base::Result<value::Value> sealed() {
        // The inner decoder is told that it is inside; a seal in a seal would let bytes choose how
        // often they are decrypted.
        if (opened_) return damaged("sealed twice");
        const auto bytes = TRY(reader_.bytes());
        const Key* key = TRY(key_());
        // Overwritten when it goes: the text of a secret should not stay in freed memory.
        const base::SecretText plain(TRY(key->open(bytes, context_.associated_data())));
        value::Value value = TRY(Decoder(plain.reveal(), key_, context_, depth_, true).whole());
        value.mark_secret();
        return value;
    }

    base::Result<value::Value> marked() {
        // Marks are written inside of seals alone. Elsewhere one would make a secret of what was
        // stored in the clear, and hide from people what a damaged byte has changed.
        if (!opened_) return damaged("a mark outside of a sealed value");
        if (++depth_ > value::kMaxValueDepth) return damaged("nested too deep");
        value::Value value = TRY(this->value());
        --depth_;
        value.mark_secret();
        return value;
    }

    base::Result<value::Value> secret_template() {
        // Only this program seals, with the workspace's key: no other text in a state is a
        // reference.
        if (!opened_) return damaged("a reference outside of a sealed value");
        return value::Value(value::SecretTemplate::of_parts(TRY(secret_parts(0))));
    }

    base::Result<std::vector<value::SecretPart>> secret_parts(std::size_t depth) {
        using Kind = value::SecretPart::Kind;
        if (depth > value::SecretTemplate::kMaxDepth) return damaged("nested too deep");
        const std::size_t size = TRY(reader_.count());
        std::vector<value::SecretPart> parts;
        for (std::size_t i = 0; i < size; ++i) {
            value::SecretPart& part = parts.emplace_back();
            part.kind = static_cast<Kind>(TRY(reader_.byte()));
            if (part.kind == Kind::Literal) {
                part.text = TRY(reader_.bytes());
            } else if (part.kind == Kind::Reference) {
                part.text = TRY(reader_.bytes());
                if (!value::is_secret_name(part.text)) return damaged("not the name of a secret");
                part.fingerprint = TRY(reader_.bytes());
            } else if (part.kind == Kind::Derived) {
                const std::uint8_t form = TRY(reader_.byte());
                if (form > static_cast<std::uint8_t>(value::SecretForm::Indented))
                    return damaged("unknown form of a secret");
                part.form = static_cast<value::SecretForm>(form);
                const std::uint64_t columns = TRY(reader_.varint());
                if (columns > value::SecretTemplate::kMaxColumns)
                    return damaged("indented too far");
                part.columns = static_cast<std::uint32_t>(columns);
                part.of = TRY(secret_parts(depth + 1));
            } else {
                return damaged("unknown part of a secret text");
            }
        }
        return parts;
    }

    ByteReader reader_;
    const KeySource& key_;
    const SealContext& context_;
    std::size_t depth_;
    bool opened_;
};

}

std::string SealContext::associated_data() const {
    std::string out(use);
    if (number == 0 && names == decltype(names)()) return out;
    for (const std::string_view name : names) put_bytes(out, name);
    put_varint(out, number);
    return out;
}

base::Result<std::string> encode_value(const value::Value& value, const KeySource& key,
                                       const SealContext& context) {
    Encoder encoder(key, context, Encoder::Secrets::Seal);
    TRY(encoder.value(value));
    return encoder.take();
}

base::SecretText encode_unsealed(const value::Value& value) {
    const KeySource no_key = [] { return base::internal("nothing is sealed here"); };
    const SealContext nowhere;
    Encoder encoder(no_key, nowhere, Encoder::Secrets::Unmarked);
    const auto written = encoder.value(value);
    CHECK(written.ok());
    return base::SecretText(encoder.take());
}

base::Result<value::Value> decode_value(std::string_view bytes, const KeySource& key,
                                        const SealContext& context) {
    return Decoder(bytes, key, context, 0, false).whole();
}

// Dependencies of thousands of rows share long beginnings (`cluster.node1`, `cluster.node2`), and
// they mostly come sorted: what each shares with the one before is left out.
std::string encode_names(const std::vector<std::string>& names) {
    std::string out;
    if (names.empty()) return out;
    std::string_view before;
    put_varint(out, names.size());
    for (const std::string& name : names) {
        std::size_t shared = 0;
        while (shared < before.size() && shared < name.size() && before[shared] == name[shared]) {
            ++shared;
        }
        put_varint(out, shared);
        put_bytes(out, std::string_view(name).substr(shared));
        before = name;
    }
    return out;
}

base::Result<std::vector<std::string>> decode_names(std::string_view bytes) {
    std::vector<std::string> names;
    if (bytes.empty()) return names;
    ByteReader reader(bytes);
    const std::size_t size = TRY(reader.count());
    std::string_view before;
    for (std::size_t i = 0; i < size; ++i) {
        const std::uint64_t shared = TRY(reader.varint());
        const auto rest = TRY(reader.bytes());
        // The first name has nothing before it to share with.
        if (shared > before.size()) return damaged("a name shares too much");
        std::string name(before.substr(0, shared));
        name += rest;
        names.push_back(std::move(name));
        before = names.back();
    }
    if (!reader.at_end()) return damaged("bytes after its end");
    return names;
}

}
