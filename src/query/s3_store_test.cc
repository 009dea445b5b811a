// SPDX-License-Identifier: Apache-2.0
#include "query/s3_store.h"

#include <gtest/gtest.h>

#include <filesystem>

#include "aws/aws_test_session.h"
#include "base/temporary_folder.h"

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

// Objects whose content is their path in the bucket.
LoopbackReply answer(const LoopbackRequest& request) {
  const std::string size = std::to_string(request.target.size());
  const std::string last = std::to_string(request.target.size() - 1);
  return LoopbackReply::with(206, request.target,
                             {{"ETag", "\"e\""}, {"Content-Range", "bytes 0-" + last + "/" + size}});
}

TEST(S3Store, FetchingEndsWhereItIsToldToAndGoesOnFromThere) {
  const LoopbackServer server(answer);
  const std::unique_ptr<AwsSession> session = session_with(server);
  const Result<S3> s3 = S3::open(*session, kTestRetries);
  const Result<TemporaryFolder> home = TemporaryFolder::create();
  const S3StoreCache cache({"logs", ""}, home->path());
  std::vector<StoreObject> objects;
  for (const char* name : {"a.gz", "b.gz", "c.gz"})
    objects.push_back({std::string("2026/11/24/10/") + name, "\"e\"", 24, "2026/11/24/10"});

  int checks = 0;
  const Result<StagedObjects> ended = cache.stage(*s3, objects, {.check = [&checks]() -> Result<void> {
    return ++checks < 3 ? Result<void>() : Error{Errc::kBusy, "stopping"};
  }});
  ASSERT_FALSE(ended);
  EXPECT_EQ(ended.error().code, Errc::kBusy) << ended.error().detail;

  size_t fetched = 0;
  const Result<StagedObjects> staged =
      cache.stage(*s3, objects, {.on_fetch = [&fetched](size_t count, uint64_t) { fetched = count; }});
  ASSERT_TRUE(staged) << staged.error().detail;
  EXPECT_EQ(fetched, 1U);
  size_t files = 0;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(staged->folder()))
    files += entry.is_regular_file() ? 1 : 0;
  EXPECT_EQ(files, 3U);
}

}  // namespace
}  // namespace querymark
