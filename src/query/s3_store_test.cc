// SPDX-License-Identifier: Apache-2.0
#include "query/s3_store.h"

#include <gtest/gtest.h>

namespace querymark {
namespace {

TEST(S3Store, DatehourOfAKeyIsItsFoldersDate) {
  struct Case {
    const char* key;
    const char* datehour;
  };
  for (const Case& one : {
           Case{"2026/11/24/10/a.gz", "2026/11/24/10"},
           {"logs/2026/11/24/10/a.gz", "2026/11/24/10"},
           {"logs/2026/11/24/a.gz", "2026/11/24"},
           {"logs/2026/11/24/10stream-1-2026.gz", "2026/11/24/10"},
           {"logs/2026/11/24stream/a.gz", "2026/11/24"},
           {"2020/01/01/logs/2026/11/24/10/a.gz", "2026/11/24/10"},
           {"logs/2026/11/24/10/deeper/a.gz", ""},
           {"logs/2026/11/a.gz", ""},
           {"x2026/11/24/10/a.gz", ""},
           {"a.gz", ""},
           {"", ""},
       })
    EXPECT_EQ(datehour_of_key(one.key), one.datehour) << one.key;
}

}  // namespace
}  // namespace querymark
