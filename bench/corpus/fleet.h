// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "corpus/random.h"

// Who asks: 4,000 clients in 24 VPCs of three accounts (the documentation's), always the same ones.
namespace querymark::corpus {

inline constexpr uint64_t kClientCount = 4000;
inline constexpr uint64_t kVpcCount = 24;

// How the log says where a query came from.
enum class SourceIds : uint8_t {
  kInstance,  // {"instance":"i-…"}
  kNone,      // {}: no instance, such as a function in the VPC
  kEndpoint,  // {"resolver_endpoint":"rslvr-in-…","resolver_network_interface":"rni-…"}
  kBoth,      // an instance, by way of an outbound endpoint
  kArray,     // ["i-…"]: version 1.000000, which has no transport either
  kMissing,
};

struct Client {
  uint64_t id;   // [0, kClientCount)
  uint64_t vpc;  // [0, kVpcCount)
  std::string_view account;
  std::string_view region;
  SourceIds source_ids;
  bool other_member_order;  // of the two that logs come in, the same for all of a VPC
};

Client client(uint64_t id);

void append_address(std::string& out, const Client& client);  // in 10.0.0.0/8; one client in 50 has IPv6

}  // namespace querymark::corpus
