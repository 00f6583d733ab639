#include "base/hash.hpp"

#include <gtest/gtest.h>

namespace base {

// RFC 1321, FIPS 180: the vectors for "abc".
TEST(Hash, KnownAnswers) {
    EXPECT_EQ(hash_hex(HashKind::Md5, "abc"), "900150983cd24fb0d6963f7d28e17f72");
    EXPECT_EQ(hash_hex(HashKind::Sha1, "abc"), "a9993e364706816aba3e25717850c26c9cd0d89d");
    EXPECT_EQ(sha256_hex("abc"),
              "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    EXPECT_EQ(hash_hex(HashKind::Sha512, "abc"),
              "ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a"
              "2192992a274fc1a836ba3c23a3feebbd454d4423643ce80e2a9ac94fa54ca49f");
    EXPECT_EQ(sha256_hex(""), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
}

TEST(Hash, PiecesMakeTheSameDigest) {
    Hasher hasher(HashKind::Sha256);
    for (int i = 0; i < 1000; ++i) hasher.update("0123456789");
    std::string whole;
    for (int i = 0; i < 1000; ++i) whole += "0123456789";
    EXPECT_EQ(hasher.finish_hex(), sha256_hex(whole));
}

}
