// SPDX-License-Identifier: Apache-2.0
// What reference_import.py does, by our reader. Prints the number of distinct first-level domains of a list,
// the seconds from open to the last name's domain, and those to the set of them.
//
// usage: list_domains LIST [FORMAT]
#include <chrono>
#include <cstdio>
#include <string>
#include <string_view>
#include <unordered_set>
#include <vector>

#include "base/file.h"
#include "lists/list_reader.h"

using namespace querymark;

namespace {

class FoundDomains final : public ListSink {
 public:
  void entry(const ListEntry& entry) override {
    text_.append(entry.registrable_domain);
    ends_.push_back(text_.size());
  }
  void skip(const ListSkip&) override {}

  std::unordered_set<std::string_view> distinct() const {
    std::unordered_set<std::string_view> set;
    set.reserve(ends_.size());
    size_t begin = 0;
    for (const size_t end : ends_) {
      set.insert(std::string_view(text_).substr(begin, end - begin));
      begin = end;
    }
    return set;
  }

 private:
  std::string text_;  // one domain after the other
  std::vector<size_t> ends_;
};

double seconds_since(std::chrono::steady_clock::time_point begin) {
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
}

Result<void> read_list(const std::string& path, ListReader& reader) {
  const Result<UniqueFd> file = open_for_reading(path);
  if (!file) return file.error();
  std::vector<char> buffer(size_t{64} << 10);
  for (;;) {
    const Result<size_t> size = read_some(file->get(), buffer.data(), buffer.size(), path);
    if (!size) return size.error();
    if (*size == 0) return reader.finish();
    if (const Result<void> fed = reader.feed({buffer.data(), *size}); !fed) return fed;
  }
}

}  // namespace

int main(int argc, char** argv) {
  if (argc < 2) {
    std::fprintf(stderr, "usage: list_domains LIST [FORMAT]\n");
    return 2;
  }
  ListReaderOptions options;
  if (argc > 2) options.format = parse_list_format(argv[2]).value_or(ListFormat::kAuto);
  const SuffixTable& suffixes = SuffixTable::built_in();

  const auto begin = std::chrono::steady_clock::now();
  FoundDomains domains;
  ListReader reader(options, suffixes, domains, argv[1]);
  if (const Result<void> read = read_list(argv[1], reader); !read) {
    std::fprintf(stderr, "%s\n", read.error().detail.c_str());
    return 1;
  }
  const double reading = seconds_since(begin);
  const size_t count = domains.distinct().size();
  std::printf("%zu %.6f %.6f\n", count, reading, seconds_since(begin));
  return 0;
}
