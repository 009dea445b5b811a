// SPDX-License-Identifier: Apache-2.0
#include "service/password_hash.h"

#include <gtest/gtest.h>

namespace querymark {
namespace {

TEST(PasswordHash, FitsItsPasswordOnly) {
  const std::string hash = hash_password("correct horse");
  EXPECT_TRUE(is_password_hash(hash));
  EXPECT_TRUE(password_fits("correct horse", hash));
  for (const std::string_view other : {"", "correct hors", "Correct horse", "correct horse "})
    EXPECT_FALSE(password_fits(other, hash)) << other;
}

TEST(PasswordHash, HasASaltOfItsOwn) {
  EXPECT_NE(hash_password("correct horse"), hash_password("correct horse"));
}

// By Python's hashlib.scrypt of the same password and salt.
TEST(PasswordHash, IsScrypt) {
  EXPECT_TRUE(password_fits("correct horse",
                            "scrypt:10:8:1:00112233445566778899aabbccddeeff:"
                            "1707e6f911ae4139f0bba59b1bbbeca09faf3dee7b4328ece79302234ee0762c"));
}

TEST(PasswordHash, RefusesOtherForms) {
  const std::string salt(32, '0');
  const std::string key(64, '0');
  EXPECT_TRUE(is_password_hash("scrypt:15:8:1:" + salt + ":" + key));
  for (const std::string& text : std::initializer_list<std::string>{
           "", "secret", "scrypt:15:8:1:" + salt, "scrypt:15:8:1:" + salt + ":" + key + ":",
           "bcrypt:15:8:1:" + salt + ":" + key, "scrypt:9:8:1:" + salt + ":" + key,
           "scrypt:20:8:1:" + salt + ":" + key, "scrypt:15:0:1:" + salt + ":" + key,
           "scrypt:15:8:x:" + salt + ":" + key, "scrypt:15:8:1:" + salt + ":" + key.substr(1) + "g"})
    EXPECT_FALSE(is_password_hash(text)) << text;
}

}  // namespace
}  // namespace querymark
