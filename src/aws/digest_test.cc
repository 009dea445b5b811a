// SPDX-License-Identifier: Apache-2.0
#include "aws/digest.h"

#include <gtest/gtest.h>

namespace querymark {
namespace {

TEST(Digest, AgreesWithPublishedVectors) {
  EXPECT_EQ(to_hex(sha256("")), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
  EXPECT_EQ(to_hex(sha256("abc")), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  // RFC 4231, case 2
  EXPECT_EQ(to_hex(hmac_sha256("Jefe", "what do ya want for nothing?")),
            "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
  EXPECT_EQ(crc32("123456789"), 0xcbf43926u);
  EXPECT_EQ(crc32(""), 0u);
}

TEST(Base64, BytesComeBack) {
  // RFC 4648, section 10
  const struct {
    const char* bytes;
    const char* text;
  } cases[] = {{"", ""},
               {"f", "Zg=="},
               {"fo", "Zm8="},
               {"foo", "Zm9v"},
               {"foob", "Zm9vYg=="},
               {"fooba", "Zm9vYmE="},
               {"foobar", "Zm9vYmFy"}};
  for (const auto& c : cases) {
    EXPECT_EQ(to_base64(c.bytes), c.text);
    EXPECT_EQ(*from_base64(c.text), c.bytes);
  }
}

TEST(Base64, RefusesWhatIsNotWhole) {
  for (const char* text : {"Z", "Zg", "Zg=", "Zg==Zg==", "Z=g=", "Zm9v\n", " Zm9v", "====", "="}) {
    EXPECT_FALSE(from_base64(text)) << text;
  }
}

}  // namespace
}  // namespace querymark
