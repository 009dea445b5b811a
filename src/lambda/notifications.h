// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string_view>
#include <vector>

#include "aws/sns.h"
#include "domains/domain_lookup.h"
#include "lambda/stream_processor_settings.h"
#include "mark/marker.h"
#include "psl/suffix_table.h"

// Matches as messages to an SNS topic.
//
//   each:   the marked record itself
//   digest: {"srcaddr":"10.0.0.1","vpc_id":"vpc-1","registered_domain":"evil.com","lists":["ads"],"count":7,
//           "first":"2026-01-01T00:00:00Z","last":"2026-01-01T00:00:09Z","samples":[{marked record}, …]}
//
// Subject as in the sample stack. Attributes for filter policies: registered_domain, entry, lists (an array),
// vpc_id, srcaddr, query_type, rcode, account_id, region, each where the record has it. A record that SNS
// would refuse is made so that it takes it: broken UTF-8 becomes U+FFFD; one that is too long goes without
// `answers`, and says so by "answersLeftOut":true.
// Cost: some microseconds a match. Threads: pure.
namespace querymark {

inline constexpr std::string_view kMatchSubject = "Route 53 Query Log Matched";
inline constexpr size_t kDigestSamplesMax = 5;

// `lookup`: whose answers the matches are, still at the same batch. REQUIRES: notify != kOff.
std::vector<SnsMessage> match_messages(const MarkedRecords& records, Notify notify,
                                       const SuffixTable& suffixes, const DomainLookup& lookup);

}  // namespace querymark
