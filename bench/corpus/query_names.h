// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "corpus/domains.h"
#include "corpus/random.h"

// Draws the names that the hosts of VPCs ask for, with a trailing dot as Resolver logs them:
//
//   dynamodb.eu-west-1.amazonaws.com.             kAws
//   17.4.0.10.in-addr.arpa.                       kPtr
//   _ldap._tcp.dc._msdcs.corp.example.            kInternal: hosts of the VPC, search suffixes, services
//   cdn.stormriver24.co.uk.                       kPopular, kTail
//   q7vkw2x4mzp3nq.top.                           kMalware
//   WwW.StOrMrIvEr24.Co.Uk.  \052.lunarbako.com.  kOdd: random case, escapes, tunnels over 64 bytes, no dot
namespace querymark::corpus {

enum class NameKind : uint8_t { kAws, kPtr, kInternal, kPopular, kTail, kMalware, kOdd };
inline constexpr size_t kNameKindCount = 7;

// Shares in per mille, in the order of NameKind.
inline constexpr unsigned kNameShares[kNameKindCount] = {330, 100, 50, 340, 140, 30, 10};

class QueryNames {
 public:
  // Appends one name. `region`: of the one who asks, whose endpoints it uses.
  NameKind append(Random& random, std::string_view region, std::string& out) const;

 private:
  NameKind draw_kind(Random& random) const;
  ZipfDomains popular_;
};

}  // namespace querymark::corpus
