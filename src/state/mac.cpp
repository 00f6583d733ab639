#include "state/mac.hpp"

#include "base/check.hpp"
#include "base/secret.hpp"

#include <openssl/core_names.h>
#include <openssl/evp.h>
#include <openssl/params.h>

#include <cstring>

namespace state {
namespace {

constexpr std::size_t kKeySize = 16;
constexpr std::size_t kSize = 8;

struct FreeMac {
    void operator()(EVP_MAC* mac) const { EVP_MAC_free(mac); }
};
struct FreeContext {
    void operator()(EVP_MAC_CTX* context) const { EVP_MAC_CTX_free(context); }
};

const unsigned char* data_of(std::string_view bytes) {
    return reinterpret_cast<const unsigned char*>(bytes.data());
}

base::Error failed() { return base::internal("computing the authentication of a row failed"); }

}

struct Mac::Context {
    base::SecretText key;
    std::unique_ptr<EVP_MAC_CTX, FreeContext> hash;
};

Mac::Mac(std::unique_ptr<Context> context) : context_(std::move(context)) {}
Mac::~Mac() = default;

base::Result<std::unique_ptr<Mac>> Mac::create(std::string_view key) {
    CHECK(key.size() == kKeySize);
    const std::unique_ptr<EVP_MAC, FreeMac> mac(EVP_MAC_fetch(nullptr, "SIPHASH", nullptr));
    if (mac == nullptr) return failed();
    auto context = std::make_unique<Context>();
    context->key = base::SecretText(std::string(key));
    context->hash.reset(EVP_MAC_CTX_new(mac.get()));
    if (context->hash == nullptr) return failed();
    // Two and four rounds are its default; the length is not.
    std::size_t size = kSize;
    const OSSL_PARAM parameters[] = {OSSL_PARAM_construct_size_t(OSSL_MAC_PARAM_SIZE, &size),
                                     OSSL_PARAM_construct_end()};
    if (EVP_MAC_CTX_set_params(context->hash.get(), parameters) != 1) return failed();
    return std::unique_ptr<Mac>(new Mac(std::move(context)));
}

Mac& Mac::begin(std::string_view use) {
    message_.clear();
    return add(use);
}

Mac& Mac::add(std::int64_t number) {
    char bytes[sizeof number];
    std::memcpy(bytes, &number, sizeof number);
    message_.append(bytes, sizeof bytes);
    return *this;
}

Mac& Mac::add(std::string_view bytes) {
    // The length first, or "ab" and "c" would be authenticated as "a" and "bc".
    add(static_cast<std::int64_t>(bytes.size()));
    message_ += bytes;
    return *this;
}

base::Result<std::int64_t> Mac::finish() {
    unsigned char out[kSize];
    std::size_t size = 0;
    // With the key again: that begins a new message in the same context.
    const bool made =
        EVP_MAC_init(context_->hash.get(), data_of(context_->key.reveal()), kKeySize, nullptr) ==
            1 &&
        EVP_MAC_update(context_->hash.get(), data_of(message_), message_.size()) == 1 &&
        EVP_MAC_final(context_->hash.get(), out, &size, sizeof out) == 1 && size == kSize;
    if (!made) return failed();
    std::int64_t value = 0;
    std::memcpy(&value, out, sizeof value);
    return value;
}

}
