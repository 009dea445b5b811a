// SPDX-License-Identifier: Apache-2.0
#include "aws/uri_encoding.h"

#include <gtest/gtest.h>

namespace querymark {
namespace {

TEST(UriEncoding, KeepsOnlyUnreservedCharacters) {
  const std::string unreserved = "ABCXYZabcxyz0189-._~";
  EXPECT_EQ(uri_encode(unreserved), unreserved);
  const struct {
    std::string_view text;
    std::string_view expected;
  } cases[] = {
      {"", ""},
      {" ", "%20"},
      {"+", "%2B"},
      {"a/b", "a%2Fb"},
      {"100%", "100%25"},
      {"=&?", "%3D%26%3F"},
      {"\xe1\x88\xb4", "%E1%88%B4"},
      {"*'()!", "%2A%27%28%29%21"},
  };
  for (const auto& c : cases) EXPECT_EQ(uri_encode(c.text), c.expected);
  EXPECT_EQ(uri_encode("a b/c", UriEncoding::kPath), "a%20b/c");
}

TEST(UriEncoding, EveryByteComesBack) {
  std::string bytes;
  for (int byte = 0; byte < 256; ++byte) bytes += static_cast<char>(byte);
  EXPECT_EQ(uri_decode(uri_encode(bytes)), bytes);
}

TEST(UriEncoding, WhatIsNoEscapeStandsForItself) {
  for (const char* text : {"%", "%4", "%zz", "%4z", "a+b", "100%"}) EXPECT_EQ(uri_decode(text), text);
  EXPECT_EQ(uri_decode("%2b%2B"), "++");
}

}  // namespace
}  // namespace querymark
