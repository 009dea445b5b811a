// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <gtest/gtest.h>

#include <memory>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "alert/outbox.h"
#include "base/temporary_folder.h"

// For tests: an outbox in a folder of its own, filled with matches that are known by number.
namespace querymark {

using Strings = std::vector<std::string>;

inline SystemTime at_second(int64_t second) {
  return SystemTime(std::chrono::seconds(second));
}

// The match of this number, of a source and a first-level domain.
inline Match numbered_match(int64_t number, const std::string& source = "10.0.0.1",
                            const std::string& domain = "evil.com") {
  return {R"({"query_name":"www.)" + domain + R"(.","srcaddr":")" + source + R"(","n":)" +
              std::to_string(number) + R"(,"isMatchedDomain":"Y"})",
          domain,
          {"ads"}};
}

class AlertFixture : public testing::Test {
 protected:
  AlertFixture() : folder_(*TemporaryFolder::create()) {}

  void open_outbox(const Strings& sinks, uint64_t size_max = kOutboxSizeMax) {
    outbox_.reset();
    Result<std::unique_ptr<Outbox>> opened = Outbox::open(path("outbox.db"), sinks, size_max);
    ASSERT_TRUE(opened) << opened.error().detail;
    outbox_ = *std::move(opened);
  }
  std::string path(const std::string& name) const { return folder_.path() + "/" + name; }

  // The next `count` matches, put at once.
  void put(int64_t count, int64_t second = 0, const std::string& source = "10.0.0.1",
           const std::string& domain = "evil.com") {
    std::vector<Match> matches;
    for (int64_t i = 0; i < count; ++i)
      matches.push_back(numbered_match(outbox_->last() + 1 + i, source, domain));
    const Result<void> done = outbox_->put(matches, at_second(second));
    ASSERT_TRUE(done) << done.error().detail;
  }

  TemporaryFolder folder_;
  std::unique_ptr<Outbox> outbox_;
};

// "3" for a match, "12 of 10.0.0.1 evil.com" for a digest, "and 34 more matches" for a summary.
inline std::string describe(const Notification& notification) {
  const nlohmann::json text = nlohmann::json::parse(notification.text);
  switch (notification.kind) {
    case Notification::Kind::kMatch:
      return std::to_string(text["n"].get<int64_t>());
    case Notification::Kind::kDigest:
      return std::to_string(notification.matches) + " of " + text["srcaddr"].get<std::string>() + " " +
             text["registered_domain"].get<std::string>();
    case Notification::Kind::kSummary:
      return text["summary"];
  }
  return "";
}

}  // namespace querymark
