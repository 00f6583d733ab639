#include "state/key.hpp"

#include "base/files.hpp"
#include "base/fs.hpp"
#include "base/hash.hpp"
#include "base/random.hpp"
#include "state/codec.hpp"

#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <sys/stat.h>

#include <array>
#include <span>

namespace state {
namespace {

// AES-256-GCM with its usual sizes (NIST SP 800-38D): a nonce of 96 bits and a tag of 128.
constexpr std::size_t kKeySize = 32;
// After the bytes of a key whose rows are authenticated. Without it a state of the older form,
// which anybody can write, would be taken for one that waits to be converted.
constexpr char kAuthenticates = '\2';
constexpr std::size_t kNonceSize = 12;
constexpr std::size_t kTagSize = 16;
// Half a SHA-256 is enough to tell values apart; nobody signs with it.
constexpr std::size_t kFingerprintSize = 16;
constexpr std::size_t kSignatureSize = 32;
constexpr std::size_t kIdSize = 8;

struct FreeCipher {
    void operator()(EVP_CIPHER_CTX* context) const { EVP_CIPHER_CTX_free(context); }
};
using Cipher = std::unique_ptr<EVP_CIPHER_CTX, FreeCipher>;

const unsigned char* data_of(std::string_view bytes) {
    return reinterpret_cast<const unsigned char*>(bytes.data());
}
unsigned char* data_of(std::string& bytes) {
    return reinterpret_cast<unsigned char*>(bytes.data());
}

// The system's configuration file must not decide about our ciphers, nor cost time at the start.
void initialise_library() {
    static const int done = OPENSSL_init_crypto(OPENSSL_INIT_NO_LOAD_CONFIG, nullptr);
    static_cast<void>(done);
}

std::string hmac(std::string_view key, std::string_view bytes) {
    initialise_library();
    std::string digest(kSignatureSize, '\0');
    unsigned size = 0;
    const auto* made = HMAC(EVP_sha256(), key.data(), static_cast<int>(key.size()), data_of(bytes),
                            bytes.size(), data_of(digest), &size);
    CHECK(made != nullptr && size == kSignatureSize);
    return digest;
}

std::string random_bytes(std::size_t size) {
    std::string bytes(size, '\0');
    base::fill_random(std::as_writable_bytes(std::span(bytes)));
    return bytes;
}

base::Error cannot_open() {
    return base::Error(base::Code::DataLoss,
                       "a sealed value does not open with the key of this workspace")
        .with_help("put back the .provisioning/key that belongs to this state");
}

}

std::string key_path(const std::string& directory) { return base::join_path(directory, "key"); }

base::Result<std::unique_ptr<Key>> Key::from_bytes(std::string_view bytes) {
    std::unique_ptr<Key> key(new Key());
    if (bytes.size() == kKeySize + 1 && bytes.back() == kAuthenticates) {
        key->authenticates_rows_ = true;
        bytes.remove_suffix(1);
    }
    if (bytes.size() != kKeySize) {
        return base::Error(base::Code::DataLoss, "the key has not 32 bytes");
    }
    // One key for each use, derived from the one on disk: a fingerprint that somebody can ask for
    // tells nothing about seals or signatures. The number is there to be raised when a use changes
    // its form.
    key->seal_key_ = base::SecretText(hmac(bytes, "provisioning seal 1"));
    key->fingerprint_key_ = base::SecretText(hmac(bytes, "provisioning fingerprint 1"));
    key->sign_key_ = base::SecretText(hmac(bytes, "provisioning sign 1"));
    key->row_key_ = base::SecretText(hmac(bytes, "provisioning rows 1").substr(0, Mac::kKeySize));
    key->id_ = base::to_hex(hmac(bytes, "provisioning identify 1").substr(0, kIdSize));
    return key;
}

base::Result<std::unique_ptr<Key>> Key::load(const std::string& directory) {
    const std::string path = key_path(directory);
    const base::SecretText bytes(TRY(base::read_file(path, 4096).context("loading the key")));
    // As ssh does it: a key that others can read protects nothing, and to go on silently would
    // hide that.
    struct stat info;
    if (base::files().stat(path, info) == 0 && (info.st_mode & 077) != 0) {
        return base::Error(base::Code::PermissionDenied, path + " can be read by others")
            .with_help("chmod 600 " + path);
    }
    return from_bytes(bytes.reveal()).context("loading " + path);
}

base::Result<std::unique_ptr<Key>> Key::load_or_create(const std::string& directory) {
    // Only where there is none. One that cannot be read must not be replaced: all secrets of the
    // state would be lost.
    auto found = load(directory);
    if (found || found.error().code() != base::Code::NotFound) return found;
    const base::SecretText bytes(random_bytes(kKeySize) + kAuthenticates);
    // Not replacing is what makes it atomic between two processes: the second finds the file
    // there, and both load the same.
    const auto written = base::write_file_atomic(key_path(directory), bytes.reveal(),
                                                 {.mode = 0600, .sync = true, .replace = false});
    if (!written && written.error().code() != base::Code::AlreadyExists) {
        return base::Error(base::Code::CannotWrite, written.error().text());
    }
    return load(directory);
}

base::Result<void> Key::mark_authenticating(const std::string& directory) {
    const std::string path = key_path(directory);
    base::SecretText bytes(TRY(base::read_file(path, 4096).context("loading the key")));
    if (bytes.reveal().size() != kKeySize) return {};
    return base::write_file_atomic(path, bytes.reveal() + kAuthenticates,
                                   {.mode = 0600, .sync = true});
}

base::Result<std::string> Key::seal(std::string_view plain, std::string_view purpose) const {
    initialise_library();
    // A random nonce for each seal. At 96 bits some 2^32 seals under one key are safe (SP 800-38D,
    // 8.3), which no workspace comes near.
    std::string out = random_bytes(kNonceSize);
    out.resize(kNonceSize + plain.size() + kTagSize);
    unsigned char* text = data_of(out) + kNonceSize;
    const Cipher context(EVP_CIPHER_CTX_new());
    int size = 0;
    int last = 0;
    // OpenSSL takes lengths as `int`.
    const bool sealed = context != nullptr && plain.size() < std::size_t{1} << 30 &&
                        EVP_EncryptInit_ex(context.get(), EVP_aes_256_gcm(), nullptr,
                                           data_of(seal_key_.reveal()), data_of(out)) == 1 &&
                        // Without an output this only adds the associated data.
                        EVP_EncryptUpdate(context.get(), nullptr, &size, data_of(purpose),
                                          static_cast<int>(purpose.size())) == 1 &&
                        EVP_EncryptUpdate(context.get(), text, &size, data_of(plain),
                                          static_cast<int>(plain.size())) == 1 &&
                        EVP_EncryptFinal_ex(context.get(), text + size, &last) == 1 &&
                        EVP_CIPHER_CTX_ctrl(context.get(), EVP_CTRL_AEAD_GET_TAG, kTagSize,
                                            text + plain.size()) == 1;
    if (!sealed) return base::internal("sealing a secret value failed");
    return out;
}

base::Result<std::string> Key::open(std::string_view sealed, std::string_view purpose) const {
    initialise_library();
    if (sealed.size() < kNonceSize + kTagSize) return cannot_open();
    const auto text = sealed.substr(kNonceSize, sealed.size() - kNonceSize - kTagSize);
    std::string tag(sealed.substr(sealed.size() - kTagSize));
    std::string plain(text.size(), '\0');
    const Cipher context(EVP_CIPHER_CTX_new());
    int size = 0;
    int last = 0;
    const bool opened =
        context != nullptr && text.size() < std::size_t{1} << 30 &&
        EVP_DecryptInit_ex(context.get(), EVP_aes_256_gcm(), nullptr, data_of(seal_key_.reveal()),
                           data_of(sealed)) == 1 &&
        EVP_DecryptUpdate(context.get(), nullptr, &size, data_of(purpose),
                          static_cast<int>(purpose.size())) == 1 &&
        EVP_DecryptUpdate(context.get(), data_of(plain), &size, data_of(text),
                          static_cast<int>(text.size())) == 1 &&
        // The tag is checked by the last call; until then the text is nobody's.
        EVP_CIPHER_CTX_ctrl(context.get(), EVP_CTRL_AEAD_SET_TAG, kTagSize, tag.data()) == 1 &&
        EVP_DecryptFinal_ex(context.get(), data_of(plain) + size, &last) == 1;
    if (!opened) {
        // What did not authenticate may be anything, a part of the secret included.
        base::wipe(plain.data(), plain.size());
        return cannot_open();
    }
    return plain;
}

std::string Key::fingerprint(const value::Value& value) const {
    // Unsealed, or each time would give other bytes; without marks, as those inside a value must
    // not change its fingerprint. The plain text lives no longer than the HMAC takes.
    const base::SecretText plain = encode_unsealed(value);
    return hmac(fingerprint_key_.reveal(), plain.reveal()).substr(0, kFingerprintSize);
}
std::string Key::fingerprint_text(const value::Value& value) const {
    // 64 bits are enough for people to compare by.
    return base::to_hex(fingerprint(value).substr(0, 8));
}

std::string Key::sign(std::string_view bytes) const { return hmac(sign_key_.reveal(), bytes); }
bool Key::verify(std::string_view bytes, std::string_view signature) const {
    // In constant time: how far two signatures agree is not to be measured.
    return base::equal_in_constant_time(sign(bytes), signature);
}

}
