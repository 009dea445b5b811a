// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "base/result.h"
#include "dns/entry_scope.h"
#include "lists/list_format.h"
#include "psl/suffix_table.h"

// Any text list of domains -> entries, with a reason for everything left out.
//
//   0.0.0.0 evil.example.com  # note     hosts    -> evil.example.com exact
//   ||evil.example.com^                  adblock  -> evil.example.com subtree
//   @@||good.example.com^                adblock  -> exception: allow good.example.com subtree, or skipped
//   *.evil.example.com CNAME .           rpz      -> evil.example.com subtree
//   seen hxxp://Evil[.]com/x.zip         text     -> evil.com exact
//
// The reader keeps no list: it hands each entry to the sink and forgets it. Memory: a buffer of 1.3 MB,
// whatever the file; lines over kListLineSizeMax are skipped with a reason. Cost: one pass; some 100 ns a
// line.
namespace querymark {

inline constexpr size_t kListLineSizeMax = size_t{1} << 20;

// Why a text of the list became no entry.
enum class SkipReason : uint8_t {
  kNoValidTld,     // no rule of the suffix list applies: evil.invalidtld
  kIpAddress,      // 1.2.3.4, 2001:db8::1, http://1.2.3.4/bins.sh
  kNotHostName,    // a label too long, an empty label, bytes no host name has
  kException,      // adblock @@ or RPZ rpz-passthru., with ExceptionPolicy::kSkip
  kIcannSuffix,    // com, co.uk: would be all of it; --force takes it
  kNotDomainRule,  // the format's rule says something else than a domain: cosmetic filter, regex, RPZ
                   // client-ip
  kDuplicate,      // the name stood in this list before (found by import/, not by the reader)
  kLineTooLong,    // over kListLineSizeMax bytes
};
inline constexpr size_t kSkipReasonCount = 8;
std::string_view to_string(SkipReason reason);  // "no_valid_tld", "ip_address", …

struct ListEntry {
  std::string_view name;                // normal form; valid during the call only
  EntryScope scope;                     // as the list meant it
  bool allow;                           // an exception of the list, with ExceptionPolicy::kAllow
  bool public_suffix;                   // the name is itself a public suffix: taken, with a warning
  uint64_t line;                        // from 1
  std::string_view registrable_domain;  // of name, a view into it; never empty
};

struct ListSkip {
  std::string_view text;  // what was left out, as it stood (at most 256 bytes of it)
  SkipReason reason;
  uint64_t line;
};

class ListSink {
 public:
  virtual ~ListSink() = default;
  virtual void entry(const ListEntry& entry) = 0;
  virtual void skip(const ListSkip& skip) = 0;
};

enum class ExceptionPolicy : uint8_t { kSkip, kAllow };

struct ListReaderOptions {
  ListFormat format = ListFormat::kAuto;
  std::string column;  // CSV: name of the column (any case) or its number from 1; empty: found by its header
  ExceptionPolicy exceptions = ExceptionPolicy::kSkip;
  bool take_icann_suffixes = false;  // --force
};

struct ListReaderCounts {
  uint64_t lines = 0;
  uint64_t names_found =
      0;  // names handed to the sink as entry or as skip; comments and blank lines are none
};

class ListReader {
 public:
  // `suffixes` and `sink` must outlive the reader. `origin` names the file in errors.
  ListReader(const ListReaderOptions& options, const SuffixTable& suffixes, ListSink& sink,
             std::string origin);
  ~ListReader();

  // The next bytes of the file, cut anywhere. An error ends the reading: kInvalid where the whole is no list
  // (an HTML page, a binary file, a CSV without a domain column); what was handed to the sink before is void.
  Result<void> feed(std::string_view bytes);
  // The last line may lack its newline. An empty file is no error.
  Result<void> finish();

  // The format read, and why it was chosen, once some KiB (or the end) have been seen; kAuto before.
  ListFormat format() const;
  const std::string& format_reason() const;  // "auto: 98 of the first 100 lines are hosts lines"
  const ListReaderCounts& counts() const;

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace querymark
