// SPDX-License-Identifier: Apache-2.0
#include "domains/domain_set.h"

#include <algorithm>
#include <utility>

#define XXH_INLINE_ALL
#include <xxhash.h>

#include "dns/domain_name.h"
#include "domains/domain_set_image.h"

namespace querymark {

// Here, so that the loops below have it inline.
uint64_t hash_name(std::string_view name, uint64_t seed) {
  return XXH3_64bits_withSeed(name.data(), name.size(), seed);
}

using Presence = DomainSetImage::Presence;
using Verdict = DomainMatch::Verdict;

namespace {

// Names that are asked for at once: enough to overlap their cache misses, few enough that what was fetched
// first is still there.
constexpr size_t kProbeBatch = 64;

constexpr DomainMatch kFailedMatch{Verdict::kFailed, EntryScope::kExact, 0, {}};

EntryScope scope_of(const NameRecord& record, uint8_t subtree_flag) {
  return (record.flags & subtree_flag) != 0 ? EntryScope::kSubtree : EntryScope::kExact;
}

DomainMatch registered_match(const DomainSetImage& image, std::string_view domain, uint64_t hash) {
  NameRecord record;
  const Presence presence = image.locate(domain, hash, record);
  if (presence == Presence::kUnknown) return kFailedMatch;
  if (presence == Presence::kAbsent || (record.flags & name_flags::kRegistered) == 0) return {};
  const bool allowed = (record.flags & name_flags::kRegisteredAllow) != 0;
  return {allowed ? Verdict::kAllowed : Verdict::kInteresting,
          scope_of(record, name_flags::kRegisteredSubtree), record.registered_lists, record.name};
}

// What a name says of a query: kNone where none of its entries applies. `below`: the query is below the name.
DomainMatch listed_match(const DomainSetImage& image, std::string_view name, uint64_t hash, bool below) {
  NameRecord record;
  const Presence presence = image.locate(name, hash, record);
  if (presence == Presence::kUnknown) return kFailedMatch;
  if (presence == Presence::kAbsent) return {};
  const auto applies = [&](uint8_t flag, uint8_t subtree_flag) {
    return (record.flags & flag) != 0 && (!below || (record.flags & subtree_flag) != 0);
  };
  if (applies(name_flags::kAllow, name_flags::kAllowSubtree))
    return {Verdict::kAllowed, scope_of(record, name_flags::kAllowSubtree), record.allow_lists, record.name};
  if (applies(name_flags::kListed, name_flags::kListedSubtree))
    return {Verdict::kInteresting, scope_of(record, name_flags::kListedSubtree), record.listed_lists,
            record.name};
  return {};
}

// A query's name or one of its parents.
struct ListedProbe {
  std::string_view name;
  uint64_t hash;
  uint32_t query;
  bool below;  // a parent
};
constexpr size_t kListedProbeMax = 4 * kProbeBatch;
constexpr size_t kNoRoom = ~size_t{0};

// The probes of a name, most specific first, and how many; or kNoRoom.
size_t add_probes(std::string_view query_name, uint64_t seed, uint32_t query, std::span<ListedProbe> probes) {
  size_t count = 0;
  for (std::string_view name = query_name; !name.empty(); name = parent_name(name)) {
    if (count == probes.size()) return kNoRoom;
    probes[count++] = {name, hash_name(name, seed), query, name.size() != query_name.size()};
  }
  return count;
}

// The first probe of a query that decides answers it.
void answer_probes(const DomainSetImage& image, std::span<const ListedProbe> probes,
                   std::span<DomainMatch> answers) {
  for (const ListedProbe& probe : probes) __builtin_prefetch(&image.first_bucket(probe.hash));
  uint32_t open[kListedProbeMax];
  size_t open_count = 0;
  for (size_t i = 0; i < probes.size(); ++i) {
    open[open_count] = static_cast<uint32_t>(i);
    open_count += image.is_plainly_absent(probes[i].hash) ? 0 : 1;
  }
  for (size_t i = 0; i < open_count; ++i) image.prefetch_record(probes[open[i]].hash);
  for (size_t i = 0; i < open_count; ++i) {
    const ListedProbe& probe = probes[open[i]];
    DomainMatch& answer = answers[probe.query];
    if (answer.verdict == Verdict::kNone) answer = listed_match(image, probe.name, probe.hash, probe.below);
  }
}

}  // namespace

DomainSet::DomainSet(std::unique_ptr<const DomainSetImage> image) : image_(std::move(image)) {}
DomainSet::DomainSet(DomainSet&&) noexcept = default;
DomainSet& DomainSet::operator=(DomainSet&&) noexcept = default;
DomainSet::~DomainSet() = default;

Result<DomainSet> DomainSet::open(const std::string& path) {
  const Result<UniqueFd> fd = open_for_reading(path);
  if (!fd) return fd.error();
  return open(fd->get(), path);
}

Result<DomainSet> DomainSet::open(int fd, const std::string& path) {
  Result<std::unique_ptr<const DomainSetImage>> image = DomainSetImage::open(fd, path);
  if (!image) return image.error();
  return DomainSet(std::move(*image));
}

uint64_t DomainSet::table_version() const {
  return image_->header().table_version;
}
std::string_view DomainSet::suffix_identity() const {
  return image_->suffix_identity();
}
uint64_t DomainSet::valid_until() const {
  return image_->header().valid_until;
}
uint64_t DomainSet::entry_count() const {
  return image_->header().entry_count;
}
uint64_t DomainSet::allow_count() const {
  return image_->header().allow_count;
}
uint64_t DomainSet::name_count() const {
  return image_->header().name_count;
}
uint64_t DomainSet::file_size() const {
  return image_->header().file_size;
}

uint64_t DomainSet::probed_size() const {
  return kSetBlockSize * image_->header().bucket_block_count;
}

uint64_t DomainSet::unmatchable_count(MatchMode mode) const {
  return mode == MatchMode::kRegistered ? image_->header().unmatchable_count : 0;
}

uint64_t DomainSet::unmatchable_allow_count(MatchMode mode) const {
  return mode == MatchMode::kRegistered ? image_->header().unmatchable_allow_count : 0;
}

uint64_t DomainSet::hash(std::string_view normal_name) const {
  return hash_name(normal_name, image_->header().seed);
}

void DomainSet::prefetch(uint64_t hash) const {
  __builtin_prefetch(&image_->first_bucket(hash));
}

DomainMatch DomainSet::find_registered(std::string_view domain, uint64_t hash) const {
  return registered_match(*image_, domain, hash);
}

DomainMatch DomainSet::find_listed(std::string_view normal_name) const {
  for (std::string_view name = normal_name; !name.empty(); name = parent_name(name)) {
    const DomainMatch match = listed_match(*image_, name, hash(name), name.size() != normal_name.size());
    if (match.verdict != Verdict::kNone) return match;
  }
  return {};
}

// Three rounds over a batch: fetch every name's bucket; ask the bucket, which settles most names that are
// absent, and fetch what may be a record of the others'; read those.
void DomainSet::find_registered(std::span<const DomainQuery> queries, std::span<DomainMatch> answers) const {
  const DomainSetImage& image = *image_;
  const uint64_t seed = image.header().seed;
  uint64_t hashes[kProbeBatch];
  uint32_t open[kProbeBatch];
  while (!queries.empty()) {
    const size_t count = std::min(queries.size(), kProbeBatch);
    for (size_t i = 0; i < count; ++i) {
      hashes[i] = hash_name(queries[i].registrable, seed);
      __builtin_prefetch(&image.first_bucket(hashes[i]));
    }
    size_t open_count = 0;
    for (size_t i = 0; i < count; ++i) {
      answers[i] = {};
      open[open_count] = static_cast<uint32_t>(i);
      open_count += uint32_t{!image.is_plainly_absent(hashes[i])} & uint32_t{!queries[i].registrable.empty()};
    }
    for (size_t i = 0; i < open_count; ++i) image.prefetch_record(hashes[open[i]]);
    for (size_t i = 0; i < open_count; ++i)
      answers[open[i]] = registered_match(image, queries[open[i]].registrable, hashes[open[i]]);
    queries = queries.subspan(count);
    answers = answers.subspan(count);
  }
}

// As find_registered, of a probe for each label of each query, most specific first.
void DomainSet::find_listed(std::span<const DomainQuery> queries, std::span<DomainMatch> answers) const {
  const uint64_t seed = image_->header().seed;
  ListedProbe probes[kListedProbeMax];
  while (!queries.empty()) {
    size_t query_count = 0;
    size_t probe_count = 0;
    for (; query_count < queries.size(); ++query_count) {
      const size_t added = add_probes(queries[query_count].name, seed, static_cast<uint32_t>(query_count),
                                      std::span(probes).subspan(probe_count));
      if (added == kNoRoom) break;
      probe_count += added;
    }
    if (query_count == 0) {  // more labels than a name of the DNS can have
      answers[0] = find_listed(queries[0].name);
      query_count = 1;
    } else {
      std::fill_n(answers.begin(), query_count, DomainMatch());
      answer_probes(*image_, std::span(probes).first(probe_count), answers);
    }
    queries = queries.subspan(query_count);
    answers = answers.subspan(query_count);
  }
}

std::vector<std::string> DomainSet::list_names(const DomainMatch& match) const {
  if (match.verdict != Verdict::kInteresting && match.verdict != Verdict::kAllowed) return {};
  return image_->lists().names(match.lists);
}

Result<void> DomainSet::check() const {
  return image_->check();
}

namespace {

class DomainSetLookup : public DomainLookup {
 public:
  DomainSetLookup(const DomainSet& set, MatchMode mode) : set_(set), mode_(mode) {}

  Result<void> find(std::span<const DomainQuery> queries, std::span<DomainMatch> answers) override {
    if (mode_ == MatchMode::kRegistered) {
      set_.find_registered(queries, answers);
    } else {
      set_.find_listed(queries, answers);
    }
    return {};
  }

  std::vector<std::string> list_names(const DomainMatch& match) const override {
    return set_.list_names(match);
  }

 private:
  const DomainSet& set_;
  MatchMode mode_;
};

}  // namespace

std::unique_ptr<DomainLookup> make_domain_set_lookup(const DomainSet& set, MatchMode mode) {
  return std::make_unique<DomainSetLookup>(set, mode);
}

}  // namespace querymark
