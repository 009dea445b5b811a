// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

#include "corpus/query_names.h"
#include "corpus/random.h"

// The answers that a query got, as the log's member `answers`:
//
//   [{"Rdata":"edge.d3f1.cloudfront.net.","Type":"CNAME","Class":"IN"},{"Rdata":"198.51.100.7","Type":"A","Class":"IN"}]
//
// A chain of CNAMEs may come first; quotes and backslashes of TXT data are escaped. Addresses are of the
// ranges for documentation and benchmarks (RFC 5737, 3849, 2544), or of the VPC.
namespace querymark::corpus {

struct Reply {
  std::string_view query_type;
  std::string_view rcode;
};

// What was asked about a name of this kind, and with what outcome.
Reply draw_reply(Random& random, NameKind kind, std::string_view name);

void append_answers(Random& random, NameKind kind, const Reply& reply, std::string& out);

}  // namespace querymark::corpus
