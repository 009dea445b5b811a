// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "dns/domain_name.h"
#include "lists/list_reader.h"

// From a name as it stands in a list to an entry, or a skip with its reason: the one place that decides what
// may be an entry. The formats say which texts are names and what scope they have.
namespace querymark {

// A text a format found to be a name.
struct ListName {
  std::string_view text;  // REQUIRES: LineCutter::kPadding readable bytes after it
  EntryScope scope;
  std::string_view stood;  // what a receipt shows if it becomes no entry
};

class EntryWriter {
 public:
  // The suffixes and the sink must outlive the writer.
  EntryWriter(const ListReaderOptions& options, const SuffixTable& suffixes, ListSink& sink);

  // Of what follows.
  void set_line(uint64_t line) { line_ = line; }

  void add(const ListName& name) { add(name, false); }
  void add(std::string_view name, EntryScope scope) { add({name, scope, name}, false); }
  // A name the list says is good: an allow entry or a skip, as ExceptionPolicy wants it.
  void add_exception(const ListName& name);
  // Takes the name if it can be an entry, else says so and reports nothing.
  bool add_if_valid(const ListName& name);
  void skip(std::string_view text, SkipReason reason);

  uint64_t names_found() const { return names_found_; }

 private:
  // Why the name can be no entry; else it stands in normal_ and match_.
  std::optional<SkipReason> read(std::string_view text);
  void add(const ListName& name, bool allow);
  void write(EntryScope scope, bool allow);

  const SuffixTable& suffixes_;
  ListSink& sink_;
  ExceptionPolicy exceptions_;
  bool take_icann_suffixes_;
  uint64_t line_ = 0;
  uint64_t names_found_ = 0;
  size_t normal_size_ = 0;
  SuffixMatch match_;
  char normal_[kNormalizeRoom];
};

}  // namespace querymark
