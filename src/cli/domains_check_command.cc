// SPDX-License-Identifier: Apache-2.0
// querymark domains check [NAME…]: whether table and set are whole, and whether names match.
#include <CLI/CLI.hpp>
#include <memory>
#include <vector>

#include "cli/domains_command.h"
#include "cli/output_stream.h"
#include "domains/explanation.h"
#include "domains/explanation_text.h"
#include "import/marking_table.h"

namespace querymark {
namespace {

// Tells what the table holds and which entries are none.
Result<void> describe_table(DomainTable& table, const std::string& description, const SuffixTable& suffixes,
                            OutputStream& out) {
  uint64_t bad_rows = 0;
  const Result<void> visited = table.visit_bad_rows(suffixes, [&](const BadRow& row) {
    ++bad_rows;
    out.write_line("list " + row.list + ": " + (row.allow ? "allow entry " : "entry ") + row.name + ": " +
                   row.reason);
  });
  if (!visited) return visited.error();
  const Result<std::vector<ListSummary>> lists = table.lists();
  if (!lists) return lists.error();
  ListSummary total;
  for (const ListSummary& list : *lists) {
    total.entries += list.entries;
    total.allow_entries += list.allow_entries;
    total.expired += list.expired;
  }
  out.write_line("table " + description + ": whole; " + grouped(lists->size()) + " lists, " +
                 grouped(total.entries) + " entries, " + grouped(total.allow_entries) + " allow entries, " +
                 grouped(total.expired) + " expired, " + grouped(bad_rows) + " without a valid name");
  return {};
}

// Says what is wrong with the table's file; whether it is whole.
Result<bool> check_file(SqliteTable& table, OutputStream& out) {
  const Result<std::vector<std::string>> faults = table.check_integrity();
  if (!faults) return faults.error();
  for (const std::string& fault : *faults) out.write_line("table " + table.path() + ": damaged: " + fault);
  return faults->empty();
}

void describe_set(const SqliteTable& table, const DomainSet& set, OutputStream& out) {
  out.write_line("set " + table.set_path() + ": whole; " + grouped(set.entry_count()) + " entries, " +
                 grouped(set.allow_count()) + " allow entries, " + grouped(set.name_count()) + " names, " +
                 grouped(set.file_size()) + " bytes; suffix list " + std::string(set.suffix_identity()));
  const uint64_t unmatchable = set.unmatchable_count(MatchMode::kRegistered);
  const uint64_t unmatchable_allow = set.unmatchable_allow_count(MatchMode::kRegistered);
  if (unmatchable + unmatchable_allow == 0) return;
  out.write_line("with --match registered " + grouped(unmatchable) + " entries and " +
                 grouped(unmatchable_allow) +
                 " allow entries cannot match: their names are no first-level domains");
}

struct CheckedSet {
  DomainSet set;
  bool was_whole;
};

// The set, compiled anew where it was damaged or stale. Stale is no damage: the next command would have done
// it.
Result<CheckedSet> check_set(SqliteTable& table, const SuffixTable& suffixes, OutputStream& out) {
  const Result<DomainSet> standing = DomainSet::open(table.set_path());
  const bool header_whole = standing || standing.error().code != Errc::kCorrupt;
  const Result<std::string> staleness = table.staleness(suffixes);
  if (!staleness) return staleness.error();
  if (!staleness->empty()) out.write_line("set " + table.set_path() + ": compiled anew: " + *staleness);
  Result<DomainSet> set = table.current_set(suffixes);
  if (!set) return set.error();
  const Result<void> checked = set->check();
  if (checked) return CheckedSet{*std::move(set), header_whole};
  out.write_line("set " + table.set_path() + ": compiled anew: " + checked.error().detail);
  Result<DomainSet> recompiled = table.recompile_set(suffixes);
  if (!recompiled) return recompiled.error();
  return CheckedSet{*std::move(recompiled), false};
}

Result<void> check_names(const std::vector<std::string>& names, const SuffixTable& suffixes,
                         const ExplainedTable& table, OutputStream& out) {
  for (const std::string& name : names) {
    const Result<Explanation> explanation = explain_name(name, suffixes, table);
    if (!explanation) return explanation.error();
    out.write_line(name + ": registered " + verdict_text(explanation->registered) + "; listed " +
                   verdict_text(explanation->listed));
  }
  return {};
}

// Whether table and set were whole.
Result<bool> check_sqlite(SqliteTable& table, const SuffixTable& suffixes,
                          const std::vector<std::string>& names, OutputStream& out) {
  Result<bool> file_whole = check_file(table, out);
  if (!file_whole || !*file_whole) return file_whole;
  if (const Result<void> described = describe_table(table, table.path(), suffixes, out); !described)
    return described.error();
  const Result<CheckedSet> checked = check_set(table, suffixes, out);
  if (!checked) return checked.error();
  describe_set(table, checked->set, out);
  const auto registered = make_domain_set_lookup(checked->set, MatchMode::kRegistered);
  const auto listed = make_domain_set_lookup(checked->set, MatchMode::kListed);
  const Result<void> done = check_names(names, suffixes, {*registered, *listed, nullptr}, out);
  if (!done) return done.error();
  return checked->was_whole;
}

// Whether the table has the form that it must have.
Result<bool> check_dynamodb(DynamoDbTable& table, const CommonOptions& common, const SuffixTable& suffixes,
                            AwsAccess& aws, const std::vector<std::string>& names, OutputStream& out) {
  const Result<TableDescription> described = table.describe();
  if (!described) return described.error();
  const Result<void> listed_all = describe_table(table, common.table_uri, suffixes, out);
  if (!listed_all) return listed_all.error();
  const Result<MarkingTable> lookup = MarkingTable::open(common.table_uri, common.home, suffixes, aws);
  if (!lookup) return lookup.error();
  const auto registered = lookup->make(MatchMode::kRegistered);
  const auto listed = lookup->make(MatchMode::kListed);
  const Result<void> done = check_names(names, suffixes, {*registered, *listed, nullptr}, out);
  if (!done) return done.error();
  return true;
}

ExitStatus run_check(const CommonOptions& common, const std::vector<std::string>& names) {
  const Result<SuffixTable> suffixes = common.load_suffixes();
  if (!suffixes) return fail(suffixes.error());
  AwsAccess aws;
  const Result<RunTable> table = open_run_table(common, TableAccess::kRead, *suffixes, aws);
  if (!table) return fail(table.error());
  OutputStream out;
  const Result<bool> whole = table->sqlite
                                 ? check_sqlite(*table->sqlite, *suffixes, names, out)
                                 : check_dynamodb(*table->dynamodb, common, *suffixes, aws, names, out);
  if (!whole) return fail(whole.error());
  const Result<void> written = out.finish();
  if (!written) return fail(written.error());
  return *whole ? ExitStatus::kDone : ExitStatus::kFailed;
}

}  // namespace

void add_domains_check_command(CLI::App& domains, const CommonOptions& common, Action& action) {
  CLI::App* verb =
      domains.add_subcommand("check", "Check that table and compiled set are whole; whether names match");
  auto names = std::make_shared<std::vector<std::string>>();
  verb->add_option("names", *names, "Domain names")->type_name("NAME");
  verb->callback(
      [&common, &action, names] { action = [&common, names] { return run_check(common, *names); }; });
}

}  // namespace querymark
