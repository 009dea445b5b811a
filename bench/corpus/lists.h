// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>

#include "lists/list_format.h"

// Lists of interesting domains in every form that lists are published in.
//
//   append_list(out, {.seed = 1, .format = ListFormat::kHosts}, 0, 1000)    0.0.0.0 stormriver24.co.uk
//
// Of 1,000,000 names, some 2 % of the log's records match (corpus_test.cc). 100 nanoseconds a name.
namespace querymark::corpus {

struct ListOptions {
  uint64_t seed = 1;
  ListFormat format = ListFormat::kDomains;  // kAuto: as kDomains
  bool hosts = false;                        // every third name is a host of its domain
};

// Names [begin, end) of the list, one a line; with begin == 0 the format's header first.
void append_list(std::string& out, const ListOptions& options, uint64_t begin, uint64_t end);

}  // namespace querymark::corpus
