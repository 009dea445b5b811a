// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <gtest/gtest.h>

#include <string>

#include "domains/sqlite_table.h"

// For tests: a table's entries as a line of text: "evil.com", ".evil.com" for a subtree, "@good.com" for an
// allow entry; with the lists that they are of, "fake:evil.com @fake:.good.com".
namespace querymark {

enum class EntryLists { kShown, kHidden };

inline std::string entries_text(SqliteTable& table, EntryLists lists) {
  std::string text;
  for (const bool allow : {false, true}) {
    EntryFilter filter;
    filter.allow = allow;
    EXPECT_TRUE(table.visit_entries(filter, [&](const StoredEntry& entry) {
      if (!text.empty()) text += " ";
      if (allow) text += "@";
      if (lists == EntryLists::kShown) text += entry.list + ":";
      if (entry.scope == EntryScope::kSubtree) text += ".";
      text += entry.name;
      return true;
    }));
  }
  return text;
}

}  // namespace querymark
