// SPDX-License-Identifier: Apache-2.0
// Any bytes as a list of any format, cut anywhere. The first byte selects format and options, the second the
// size of the pieces; the rest is the list.
#include <algorithm>
#include <cstdlib>
#include <string>

#include "dns/domain_name.h"
#include "lists/list_reader.h"

using namespace querymark;

namespace {

void require(bool condition) {
  if (!condition) std::abort();
}

class CheckingSink final : public ListSink {
 public:
  explicit CheckingSink(const ListReaderOptions& options) : options_(options) {}

  void entry(const ListEntry& entry) override {
    check_line(entry.line);
    ++names;
    require(!entry.name.empty() && normalize_name(entry.name).text() == entry.name);
    require(!is_ipv4_text(entry.name));
    const SuffixTable& suffixes = SuffixTable::built_in();
    require(suffixes.registrable_domain(entry.name) == entry.registrable_domain);
    require(!entry.registrable_domain.empty());
    require(suffixes.is_public_suffix(entry.name) == entry.public_suffix);
    require(!entry.allow || options_.exceptions == ExceptionPolicy::kAllow);
    seen_.append(entry.name).append(1, entry.scope == EntryScope::kExact ? '=' : '*');
  }

  void skip(const ListSkip& skip) override {
    check_line(skip.line);
    ++names;
    require(skip.text.size() <= 256);
    require(skip.reason != SkipReason::kDuplicate);
    require(skip.reason != SkipReason::kIcannSuffix || !options_.take_icann_suffixes);
    seen_.append(to_string(skip.reason)).append(skip.text);
  }

  const std::string& seen() const { return seen_; }
  uint64_t line = 1;
  uint64_t names = 0;

 private:
  void check_line(uint64_t next) {
    require(next >= line);
    line = next;
  }

  ListReaderOptions options_;
  std::string seen_;
};

struct Outcome {
  std::string seen;
  bool ok;
};

Outcome read_list(const ListReaderOptions& options, std::string_view list, size_t piece_size) {
  CheckingSink sink(options);
  ListReader reader(options, SuffixTable::built_in(), sink, "fuzz");
  bool ok = true;
  while (ok && !list.empty()) {
    const std::string_view piece = list.substr(0, piece_size);
    // A copy of its own, so that a read past its end is found.
    ok = reader.feed(std::string(piece)).has_value();
    list.remove_prefix(piece.size());
  }
  ok = reader.finish().has_value() && ok;
  require(!ok || (sink.line <= std::max<uint64_t>(1, reader.counts().lines)));
  require(!ok || sink.names == reader.counts().names_found);
  return {sink.seen(), ok};
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  if (size < 2) return 0;
  ListReaderOptions options;
  options.format = static_cast<ListFormat>(data[0] % 9);
  options.exceptions = (data[0] & 0x40) != 0 ? ExceptionPolicy::kAllow : ExceptionPolicy::kSkip;
  options.take_icann_suffixes = (data[0] & 0x80) != 0;
  const std::string_view list(reinterpret_cast<const char*>(data) + 2, size - 2);

  const Outcome pieces = read_list(options, list, size_t{data[1]} + 1);
  const Outcome whole = read_list(options, list, list.size());
  require(pieces.ok == whole.ok);
  require(!whole.ok || pieces.seen == whole.seen);
  return 0;
}
