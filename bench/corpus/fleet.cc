// SPDX-License-Identifier: Apache-2.0
#include "corpus/fleet.h"

#include "corpus/text.h"

namespace querymark::corpus {
namespace {

constexpr std::string_view kAccounts[] = {"123456789012", "111122223333", "012345678901"};
constexpr std::string_view kRegions[] = {"us-east-1", "us-east-1", "us-east-1",      "eu-west-1",
                                         "us-west-2", "eu-west-1", "ap-southeast-2", "eu-central-1"};

SourceIds source_ids(uint64_t id) {
  const uint64_t share = id % 100;
  if (share < 80) return SourceIds::kInstance;
  if (share < 87) return SourceIds::kNone;
  if (share < 93) return SourceIds::kEndpoint;
  if (share < 95) return SourceIds::kBoth;
  if (share < 99) return SourceIds::kArray;
  return SourceIds::kMissing;
}

}  // namespace

Client client(uint64_t id) {
  const uint64_t vpc = mix(id) % kVpcCount;
  return {id,
          vpc,
          kAccounts[vpc % std::size(kAccounts)],
          kRegions[vpc % std::size(kRegions)],
          source_ids(id),
          vpc % 8 == 7};
}

void append_address(std::string& out, const Client& client) {
  if (client.id % 50 == 49) {
    out += "2001:db8:";
    append_hex(out, client.vpc + 1, 4);
    out += "::";
    append_hex(out, client.id, 4);
    return;
  }
  out += "10.";
  append_number(out, client.vpc);
  out += '.';
  append_number(out, client.id / 250);
  out += '.';
  append_number(out, client.id % 250 + 4);
}

}  // namespace querymark::corpus
