// SPDX-License-Identifier: Apache-2.0
#include "service/dashboard_table.h"

#include <ctime>
#include <nlohmann/json.hpp>

#include "base/file.h"
#include "base/temporary_folder.h"
#include "dns/domain_name.h"
#include "domains/entry_text.h"
#include "domains/explanation_text.h"
#include "domains/sqlite_table.h"
#include "import/entry_edit.h"
#include "import/import_receipt.h"
#include "import/list_source.h"

namespace querymark {
namespace {

using Json = nlohmann::ordered_json;

constexpr size_t kReceiptSizeMax = size_t{64} << 20;
constexpr std::array kModes = {MatchMode::kRegistered, MatchMode::kListed};

std::string json_text(const Json& json) {
  return json.dump(-1, ' ', false, Json::error_handler_t::replace);
}

Result<SqliteTable> open_sqlite(const DashboardTableOptions& options, TableAccess access) {
  const Result<std::string> path = table_path(options.table_uri, options.home);
  if (!path)
    return Error::unsupported("the table " + options.table_uri + " is not one that the dashboard changes");
  return SqliteTable::open(*path, access);
}

// Names that a page sends, one a line.
std::vector<std::string> body_lines(const std::string& body) {
  constexpr const char* kBlanks = " \t\r";
  std::vector<std::string> lines;
  for (size_t at = 0; at < body.size();) {
    const size_t end = std::min(body.find('\n', at), body.size());
    const std::string line = body.substr(at, end - at);
    const size_t first = line.find_first_not_of(kBlanks);
    if (first != std::string::npos)
      lines.push_back(line.substr(first, line.find_last_not_of(kBlanks) + 1 - first));
    at = end + 1;
  }
  return lines;
}

Result<ImportOptions> import_options(const DashboardRequest& request) {
  ImportOptions options;
  options.list = request.parameter("list");
  if (options.list.empty()) return Error::invalid("list: a name is wanted");
  const std::string format = request.parameter("format");
  const std::string keep = request.parameter("keep");
  const std::optional<ListFormat> list_format = parse_list_format(format.empty() ? "auto" : format);
  const std::optional<EntryKeep> entry_keep = parse_entry_keep(keep.empty() ? "registered" : keep);
  if (!list_format) return Error::invalid("format: " + format + " is none");
  if (!entry_keep) return Error::invalid("keep: registered or listed is wanted");
  options.reader.format = *list_format;
  options.reader.take_icann_suffixes = request.flag("force");
  options.keep = *entry_keep;
  options.allow = request.flag("allow");
  options.mirror = request.flag("mirror");
  options.force = request.flag("force");
  options.dry_run = request.flag("dry_run");
  options.now = std::time(nullptr);
  return options;
}

Result<std::unique_ptr<ListSource>> body_source(const std::string& body) {
  constexpr const char* kName = "the list sent";
  Result<UniqueFd> file = create_work_file();
  if (!file) return file.error();
  if (const Result<void> written = write_at(file->get(), 0, body, kName); !written) return written.error();
  return make_list_source(*std::move(file), kName);
}

// The first lines of a receipt, which are JSON, as an array; and how many there are.
Json receipt_json(const std::string& receipt, size_t lines_max, size_t& lines) {
  Json array = Json::array();
  for (const std::string& line : body_lines(receipt)) {
    if (line.starts_with("{\"summary\"")) break;
    if (lines++ < lines_max) array.push_back(Json::parse(line, nullptr, false));
  }
  return array;
}

std::string joined(const std::vector<std::string>& objects) {
  std::string text;
  for (const std::string& object : objects) text += (text.empty() ? "" : ",") + object;
  return "[" + text + "]";
}

}  // namespace

DashboardAnswer DashboardTable::lists() const {
  const std::shared_ptr<const MarkingTable> current = live_.current();
  Json json = {{"table", current->description()},
               {"match", to_string(options_.match)},
               {"editable", table_path(options_.table_uri, options_.home).has_value()},
               {"entries", current->entry_count()},
               {"allow_entries", current->allow_count()},
               {"unmatchable", current->unmatchable_count(options_.match)}};
  std::vector<std::string> lists;
  if (json["editable"]) {
    Result<SqliteTable> table = open_sqlite(options_, TableAccess::kRead);
    if (!table) return table.error();
    const Result<std::vector<ListSummary>> summaries = table->lists();
    if (!summaries) return summaries.error();
    for (const ListSummary& summary : *summaries) lists.push_back(list_json(summary));
  }
  std::string text = json_text(json);
  text.back() = ',';
  return text + "\"lists\":" + joined(lists) + "}";
}

DashboardAnswer DashboardTable::entries(const DashboardRequest& request) const {
  Result<SqliteTable> table = open_sqlite(options_, TableAccess::kRead);
  if (!table) return table.error();
  std::vector<std::string> found;
  const Result<void> read = table->visit_entries({.pattern = request.parameter("pattern"),
                                                  .list = request.parameter("list"),
                                                  .allow = request.flag("allow")},
                                                 [&found](const StoredEntry& entry) {
                                                   found.push_back(entry_json(entry));
                                                   return found.size() <= kEntriesMax;
                                                 });
  if (!read) return read.error();
  const bool is_truncated = found.size() > kEntriesMax;
  if (is_truncated) found.pop_back();
  return "{\"entries\":" + joined(found) + ",\"truncated\":" + (is_truncated ? "true" : "false") + "}";
}

DashboardAnswer DashboardTable::import(const DashboardRequest& request) const {
  const Result<ImportOptions> options = import_options(request);
  if (!options) return options.error();
  const Result<TemporaryFolder> folder = TemporaryFolder::create();
  if (!folder) return folder.error();
  const std::string receipt_path = folder->path() + "/receipt";
  Result<ImportReceipt> receipt = ImportReceipt::create(receipt_path);
  if (!receipt) return receipt.error();
  Result<std::unique_ptr<ListSource>> source = body_source(request.body);
  if (!source) return source.error();
  Result<SqliteTable> table =
      open_sqlite(options_, options->dry_run ? TableAccess::kReadOrEmpty : TableAccess::kWrite);
  if (!table) return table.error();
  const std::vector<std::unique_ptr<ListSource>> sources = [&source] {
    std::vector<std::unique_ptr<ListSource>> one;
    one.push_back(*std::move(source));
    return one;
  }();
  const Result<ImportSummary> summary = import_list(*options, sources, suffixes_, *table, &*receipt, {});
  if (!summary) return summary.error();
  const ImportOutcome outcome{*summary, {}};
  const std::string summary_json = import_summary_json({&outcome, 1});
  if (const Result<void> finished = receipt->finish(summary_json); !finished) return finished.error();
  const Result<std::string> lines = read_file(receipt_path, kReceiptSizeMax);
  if (!lines) return lines.error();
  size_t count = 0;
  const Json shown = receipt_json(*lines, kReceiptLinesMax, count);
  return "{\"summary\":" + summary_json + ",\"receipt\":" + json_text(shown) +
         ",\"receipt_lines\":" + std::to_string(count) + "}";
}

DashboardAnswer DashboardTable::add(const DashboardRequest& request) const {
  EntryEdit edit{
      .names = body_lines(request.body), .now = std::time(nullptr), .allow = request.flag("allow")};
  if (edit.names.empty()) return Error::invalid("no name is given");
  if (const std::string list = request.parameter("list"); !list.empty()) edit.list = list;
  if (const std::string note = request.parameter("note"); !note.empty()) edit.note = note;
  Result<SqliteTable> table = open_sqlite(options_, TableAccess::kWrite);
  if (!table) return table.error();
  const Result<EntryEditOutcome> outcome = add_entries(edit, suffixes_, *table);
  if (!outcome) return outcome.error();
  return json_text({{"added", outcome->counts.added},
                    {"already_there", outcome->counts.already_there + outcome->counts.repeated},
                    {"warnings", outcome->warnings}});
}

DashboardAnswer DashboardTable::remove(const DashboardRequest& request) const {
  const Result<std::vector<std::string>> names = normal_names(body_lines(request.body));
  if (!names) return names.error();
  Result<SqliteTable> table = open_sqlite(options_, TableAccess::kRead);
  if (!table) return table.error();
  const Result<std::vector<uint64_t>> removed =
      table->remove(*names, request.parameter("list"), request.flag("allow"));
  if (!removed) return removed.error();
  return json_text({{"removed", *removed}});
}

DashboardAnswer DashboardTable::explain(const DashboardRequest& request) const {
  const std::shared_ptr<const MarkingTable> current = live_.current();
  const std::unique_ptr<DomainLookup> registered = current->make(kModes[0]);
  const std::unique_ptr<DomainLookup> listed = current->make(kModes[1]);
  std::optional<SqliteTable> table;
  if (table_path(options_.table_uri, options_.home)) {
    Result<SqliteTable> opened = open_sqlite(options_, TableAccess::kRead);
    if (!opened) return opened.error();
    table = *std::move(opened);
  }
  const Result<Explanation> explanation =
      explain_name(request.parameter("name"), suffixes_, {*registered, *listed, table ? &*table : nullptr});
  if (!explanation) return explanation.error();
  return explanation_json(*explanation, kModes);
}

std::vector<std::string> DashboardTable::lists_of(const std::string& domain) const {
  const std::shared_ptr<const MarkingTable> current = live_.current();
  const DomainName name = normalize_name(domain);
  if (!name.ok()) return {};
  const std::unique_ptr<DomainLookup> lookup = current->make(options_.match);
  const DomainQuery query{name.text(), suffixes_.registrable_domain(name.text())};
  DomainMatch match;
  const Result<void> found = lookup->find({&query, 1}, {&match, 1});
  if (!found || match.verdict != DomainMatch::Verdict::kInteresting) return {};
  return lookup->list_names(match);
}

}  // namespace querymark
