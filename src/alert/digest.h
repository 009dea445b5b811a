// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <tuple>
#include <vector>

#include "alert/notification.h"

// Many matches told at once: a digest for each source (srcaddr, vpc_id) and registrable domain, and one
// summary of what is too much even so.
//
//   {"srcaddr":"10.0.0.1","vpc_id":"vpc-1","registered_domain":"evil.com","lists":["ads"],"count":7,
//    "first":"2026-01-01T00:00:00Z","last":"2026-01-01T00:00:09Z","samples":[{marked record}, …]}
//   {"summary":"and 1,234 more matches","count":1234,"first":…,"last":…,"sources":17,"registered_domains":4,
//    "top":[{"srcaddr":"10.0.0.1","vpc_id":"vpc-1","registered_domain":"evil.com","lists":["ads"],"count":900},
//    …],"samples":[…]}
//
// In `listed` matching a name need not have a registrable domain; then the entry that decided stands for it.
// Memory: some 300 bytes a group, and samples within kSamplesSizeMax. Threads: one.
namespace querymark {

inline constexpr size_t kDigestSamplesMax = 5;
// No longer text is made, whatever the samples: a message to SNS takes it with its attributes.
inline constexpr size_t kDigestTextMax = 240'000;

class Digests {
 public:
  // Of all samples together.
  static constexpr size_t kSamplesSizeMax = size_t{16} << 20;
  // Of the groups that a summary names.
  static constexpr size_t kTopMax = 10;

  explicit Digests(size_t samples_max = kDigestSamplesMax) : samples_max_(samples_max) {}

  // REQUIRES: a notification of a match.
  void add(Notification match);
  size_t groups() const { return groups_.size(); }

  // The first `digests_max` groups, in the order of their first matches, as a digest each; then, where there
  // are more, a summary of the rest.
  std::vector<Notification> take(size_t digests_max);

 private:
  struct Group {
    Notification about;  // the attributes and lists of its matches
    uint64_t count = 0;
    std::string first;  // query_timestamp
    std::string last;
    std::vector<std::string> samples;
  };
  using Key = std::tuple<std::string, std::string, std::string>;

  void keep_sample(Group& group, std::string_view record);
  Notification digest_of(Group& group) const;
  Notification summary_of(size_t first_group) const;

  size_t samples_max_;
  size_t samples_size_ = 0;
  std::vector<Group> groups_;
  std::map<Key, size_t> group_of_;
};

}  // namespace querymark
