// SPDX-License-Identifier: Apache-2.0
#include "import/list_set.h"

#include <limits>
#include <memory>

#include "domains/domain_set_builder.h"
#include "lists/list_reader.h"

namespace querymark {
namespace {

constexpr size_t kReadSize = size_t{256} << 10;

class BuildingSink final : public ListSink {
 public:
  explicit BuildingSink(DomainSetBuilder& builder) : builder_(builder) {}

  void entry(const ListEntry& entry) override {
    if (!status_) return;
    status_ = builder_.add({.name = entry.name,
                            .scope = entry.scope,
                            .keep = EntryKeep::kRegistered,
                            .allow = entry.allow,
                            .list = 0,
                            .valid_until = std::numeric_limits<uint64_t>::max()});
  }
  void skip(const ListSkip&) override {}

  const Result<void>& status() const { return status_; }

 private:
  DomainSetBuilder& builder_;
  Result<void> status_;
};

Result<void> read_into(ListSource& source, const SuffixTable& suffixes, DomainSetBuilder& builder) {
  BuildingSink sink(builder);
  ListReader reader({}, suffixes, sink, source.name());
  const auto buffer = std::make_unique<char[]>(kReadSize);
  for (;;) {
    const Result<size_t> size = source.read_some(buffer.get(), kReadSize);
    if (!size) return size.error();
    Result<void> read = *size == 0 ? reader.finish() : reader.feed({buffer.get(), *size});
    if (!read) return read;
    if (!sink.status()) return sink.status();
    if (*size == 0) return {};
  }
}

}  // namespace

Result<DomainSet> compile_list(ListSource& source, const std::string& list_name,
                               const SuffixTable& suffixes) {
  Result<DomainSetBuilder> builder =
      DomainSetBuilder::create_in_memory(suffixes, {.table_version = 0, .list_names = {list_name}});
  if (!builder) return builder.error();
  if (const Result<void> read = read_into(source, suffixes, *builder); !read) return read.error();
  return builder->finish_in_memory();
}

}  // namespace querymark
