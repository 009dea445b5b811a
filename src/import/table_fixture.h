// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <gtest/gtest.h>

#include <cstring>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "base/temporary_folder.h"
#include "domains/entries_text.h"
#include "domains/sqlite_table.h"
#include "import/importer.h"
#include "import/list_source.h"

// For tests: a table in a folder of its own, lists in memory.
namespace querymark {

class MemorySource final : public ListSource {
 public:
  // `failing`: reading ends with an error in place of the end.
  MemorySource(std::string name, std::string text, bool failing = false)
      : name_(std::move(name)), text_(std::move(text)), failing_(failing) {}

  const std::string& name() const override { return name_; }
  Result<size_t> read_some(char* out, size_t size) override {
    const size_t count = std::min(size, text_.size() - at_);
    if (count == 0 && failing_) return Error{Errc::kIo, name_ + ": connection lost"};
    std::memcpy(out, text_.data() + at_, count);
    at_ += count;
    return count;
  }
  std::optional<double> fraction_read() const override { return std::nullopt; }

 private:
  std::string name_;
  std::string text_;
  bool failing_;
  size_t at_ = 0;
};

class TableFixture : public testing::Test {
 protected:
  TableFixture() : folder_(*TemporaryFolder::create()) {
    options_.list = "fake";
    options_.now = 1000;
  }

  SqliteTable table(TableAccess access = TableAccess::kWrite) const {
    Result<SqliteTable> table = SqliteTable::open(folder_.path() + "/domains.db", access);
    if (!table) ADD_FAILURE() << table.error().detail;
    return *std::move(table);
  }

  using Sources = std::vector<std::unique_ptr<ListSource>>;

  static Sources one(std::string text, bool failing = false) {
    Sources sources;
    sources.push_back(std::make_unique<MemorySource>("list.txt", std::move(text), failing));
    return sources;
  }

  Result<ImportSummary> import(const Sources& sources, ImportReceipt* receipt = nullptr) const {
    SqliteTable opened = table();
    return import_list(options_, sources, SuffixTable::built_in(), opened, receipt, nullptr);
  }

  std::string contents() const {
    SqliteTable opened = table();
    return entries_text(opened, EntryLists::kHidden);
  }

  std::set<std::string> registrable_domains() const {
    std::set<std::string> domains;
    SqliteTable opened = table();
    EXPECT_TRUE(opened.visit_names(false, [&](std::string_view name) {
      domains.emplace(SuffixTable::built_in().registrable_domain(name));
      return true;
    }));
    return domains;
  }

  TemporaryFolder folder_;
  ImportOptions options_;
};

}  // namespace querymark
