// SPDX-License-Identifier: Apache-2.0
#include "dns/entry_scope.h"

#include <gtest/gtest.h>

namespace querymark {
namespace {

TEST(EntryScope, EveryValueIsReadBackFromItsText) {
  for (const EntryScope scope : {EntryScope::kExact, EntryScope::kSubtree})
    EXPECT_EQ(parse_entry_scope(to_string(scope)), scope);
  for (const EntryKeep keep : {EntryKeep::kRegistered, EntryKeep::kListed})
    EXPECT_EQ(parse_entry_keep(to_string(keep)), keep);
  for (const MatchMode mode : {MatchMode::kRegistered, MatchMode::kListed})
    EXPECT_EQ(parse_match_mode(to_string(mode)), mode);
}

TEST(EntryScope, OtherTextsAreNoValue) {
  for (const char* text : {"", "Exact", "exact ", "registered,listed"}) {
    EXPECT_EQ(parse_entry_scope(text), std::nullopt) << text;
    EXPECT_EQ(parse_entry_keep(text), std::nullopt) << text;
    EXPECT_EQ(parse_match_mode(text), std::nullopt) << text;
  }
}

}  // namespace
}  // namespace querymark
