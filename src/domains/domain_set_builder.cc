// SPDX-License-Identifier: Apache-2.0
#include "domains/domain_set_builder.h"

#include <sys/random.h>

#include <algorithm>
#include <cerrno>
#include <limits>
#include <span>
#include <utility>

#include "base/file.h"
#include "domains/domain_set_writer.h"
#include "domains/list_sets.h"
#include "domains/row_parts.h"

namespace querymark {
namespace {

constexpr char kMemoryPath[] = "the domain set in memory";

Result<uint64_t> draw_seed() {
  uint64_t seed = 0;
  if (::getrandom(&seed, sizeof seed, 0) != sizeof seed) return Error::from_errno(errno, "draw a seed");
  return seed;
}

// A kind of entry at one name: the lists it came in, and the widest scope.
struct Kind {
  std::vector<uint32_t> lists;  // ranks
  bool subtree = false;

  void clear() {
    lists.clear();
    subtree = false;
  }
  void add(const RowStatement& row) {
    lists.push_back(row.list);
    subtree |= (row.flags & RowStatement::kSubtree) != 0;
  }
  // Each list once, ascending. How many.
  size_t settle() {
    std::sort(lists.begin(), lists.end());
    lists.erase(std::unique(lists.begin(), lists.end()), lists.end());
    return lists.size();
  }
};

// The statements of one name's rows, become one. Kept from name to name, so that nothing is allocated for
// each.
class NameMerger {
 public:
  void clear() {
    for (Kind* kind :
         {&interesting_, &interesting_matchable_, &allow_, &allow_matchable_, &domain_, &domain_allow_})
      kind->clear();
  }

  void add(const RowStatement& row) {
    const bool allow = (row.flags & RowStatement::kAllow) != 0;
    if ((row.flags & RowStatement::kOwnName) != 0) (allow ? allow_ : interesting_).add(row);
    if ((row.flags & RowStatement::kMatchable) != 0)
      (allow ? allow_matchable_ : interesting_matchable_).add(row);
    if ((row.flags & RowStatement::kOnDomain) != 0) (allow ? domain_allow_ : domain_).add(row);
  }

  // What the set says of the name; its rows are added to the header's counts.
  NameStatement merge(std::string_view name, ListSetWriter& sets, DomainSetHeader& counts) {
    const size_t interesting = interesting_.settle();
    const size_t allow = allow_.settle();
    counts.entry_count += interesting;
    counts.allow_count += allow;
    counts.unmatchable_count += interesting - interesting_matchable_.settle();
    counts.unmatchable_allow_count += allow - allow_matchable_.settle();

    NameStatement statement{name, 0, 0, 0, 0};
    statement.listed_lists =
        state(interesting_, name_flags::kListed, name_flags::kListedSubtree, sets, statement.flags);
    statement.allow_lists =
        state(allow_, name_flags::kAllow, name_flags::kAllowSubtree, sets, statement.flags);
    const bool allowed = domain_allow_.settle() != 0;
    if (allowed) statement.flags |= name_flags::kRegisteredAllow;
    domain_.settle();
    statement.registered_lists = state(allowed ? domain_allow_ : domain_, name_flags::kRegistered,
                                       name_flags::kRegisteredSubtree, sets, statement.flags);
    return statement;
  }

 private:
  // The number of the kind's set of lists; its flags are set.
  static uint32_t state(const Kind& kind, uint8_t flag, uint8_t subtree_flag, ListSetWriter& sets,
                        uint8_t& flags) {
    if (kind.lists.empty()) return 0;
    flags |= flag;
    if (kind.subtree) flags |= subtree_flag;
    return sets.number(kind.lists);
  }

  Kind interesting_;
  Kind interesting_matchable_;  // those of interesting_ that can match in registered mode
  Kind allow_;
  Kind allow_matchable_;
  Kind domain_;  // what falls on this registrable domain
  Kind domain_allow_;
};

}  // namespace

struct DomainSetBuilder::State {
  State(const std::string& set_path, const SuffixTable& suffix_table, const DomainSetSource& set_source,
        uint64_t hash_seed)
      : path(set_path),
        suffixes(suffix_table),
        seed(hash_seed),
        parts(set_path),
        sets(set_source.list_names) {
    header.table_version = set_source.table_version;
    header.valid_until = std::numeric_limits<uint64_t>::max();
  }

  Result<void> write(int fd, const std::string& written_path);
  Result<void> write_part(std::string_view bytes, DomainSetWriter& writer);

  std::string path;  // empty: in memory
  const SuffixTable& suffixes;
  uint64_t seed;
  RowParts parts;
  ListSetWriter sets;
  DomainSetHeader header{};
  NameMerger merger;
  std::optional<AtomicFile> file;
};

DomainSetBuilder::DomainSetBuilder(std::unique_ptr<State> state) : state_(std::move(state)) {}
DomainSetBuilder::DomainSetBuilder(DomainSetBuilder&&) noexcept = default;
DomainSetBuilder& DomainSetBuilder::operator=(DomainSetBuilder&&) noexcept = default;
DomainSetBuilder::~DomainSetBuilder() = default;

Result<DomainSetBuilder> DomainSetBuilder::create(const std::string& path, const SuffixTable& suffixes,
                                                  const DomainSetSource& source) {
  Result<AtomicFile> file = AtomicFile::create(path);
  if (!file) return file.error();
  const Result<uint64_t> seed = source.seed ? *source.seed : draw_seed();
  if (!seed) return seed.error();
  auto state = std::make_unique<State>(path, suffixes, source, *seed);
  state->file.emplace(std::move(*file));
  return DomainSetBuilder(std::move(state));
}

Result<DomainSetBuilder> DomainSetBuilder::create_in_memory(const SuffixTable& suffixes,
                                                            const DomainSetSource& source) {
  const Result<uint64_t> seed = source.seed ? *source.seed : draw_seed();
  if (!seed) return seed.error();
  return DomainSetBuilder(std::make_unique<State>("", suffixes, source, *seed));
}

Result<void> DomainSetBuilder::add(const DomainSetRow& row) {
  if (row.name.empty() || row.name.size() > kNameTextSizeMax)
    return Error::invalid("a row's name has " + std::to_string(row.name.size()) + " bytes: no normal form");
  const std::vector<uint32_t>& ranks = state_->sets.ranks();
  if (row.list >= ranks.size())
    return Error::invalid("a row is of list " + std::to_string(row.list) + " of " +
                          std::to_string(ranks.size()));
  state_->header.valid_until = std::min(state_->header.valid_until, row.valid_until);

  const std::string_view domain = state_->suffixes.registrable_domain(row.name);
  const bool is_domain = domain.size() == row.name.size();
  const bool is_reduced = !row.allow && row.keep == EntryKeep::kRegistered && !domain.empty();
  RowStatement statement{hash_name(row.name, state_->seed), row.name, ranks[row.list],
                         RowStatement::kOwnName};
  if (row.allow) statement.flags |= RowStatement::kAllow;
  if (row.scope == EntryScope::kSubtree) statement.flags |= RowStatement::kSubtree;
  if (is_domain || is_reduced) statement.flags |= RowStatement::kMatchable;
  if (is_domain) statement.flags |= RowStatement::kOnDomain;
  if (Result<void> added = state_->parts.add(statement); !added || is_domain || !is_reduced) return added;

  statement.hash = hash_name(domain, state_->seed);
  statement.name = domain;
  statement.flags &= RowStatement::kSubtree;
  statement.flags |= RowStatement::kOnDomain;
  return state_->parts.add(statement);
}

Result<void> DomainSetBuilder::State::write_part(std::string_view bytes, DomainSetWriter& writer) {
  std::vector<RowStatement> rows;
  for (const char* at = bytes.data(); at != bytes.data() + bytes.size();)
    rows.push_back(RowStatement::read(at));
  std::sort(rows.begin(), rows.end(), [](const RowStatement& a, const RowStatement& b) {
    return a.hash != b.hash ? a.hash < b.hash : a.name < b.name;
  });
  for (size_t i = 0; i < rows.size();) {
    const std::string_view name = rows[i].name;
    merger.clear();
    for (; i < rows.size() && rows[i].name == name; ++i) merger.add(rows[i]);
    if (Result<void> added = writer.add(merger.merge(name, sets, header)); !added) return added;
  }
  return {};
}

Result<void> DomainSetBuilder::State::write(int fd, const std::string& written_path) {
  DomainSetWriter writer(fd, written_path, seed);
  for (size_t part = 0; part < RowParts::kPartCount; ++part) {
    const Result<std::string> bytes = parts.take(part);
    if (!bytes) return bytes.error();
    if (Result<void> written = write_part(*bytes, writer); !written) return written;
  }
  const Result<std::string> lists = sets.bytes();
  if (!lists) return lists.error();
  return writer.finish(header, suffixes.identity(), *lists);
}

Result<void> DomainSetBuilder::finish() {
  AtomicFile& file = *state_->file;
  if (Result<void> written = state_->write(file.fd(), file.temporary_path()); !written) return written;
  return file.commit();
}

Result<DomainSet> DomainSetBuilder::finish_in_memory() {
  const Result<UniqueFd> fd = create_memory_file();
  if (!fd) return fd.error();
  if (const Result<void> written = state_->write(fd->get(), kMemoryPath); !written) return written.error();
  return DomainSet::open(fd->get(), kMemoryPath);
}

}  // namespace querymark
