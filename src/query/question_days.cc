// SPDX-License-Identifier: Apache-2.0
#include "query/question_days.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <filesystem>
#include <nlohmann/json.hpp>
#include <optional>
#include <string_view>
#include <vector>

#include "base/file.h"
#include "base/temporary_folder.h"
#include "query/route53query_view.h"

namespace querymark {
namespace {

using Json = nlohmann::json;

// Before and after all others: of the two, a condition that leaves any object closed leaves one.
constexpr std::array kPlaceholders = {"0000/00/00/00", "9999/99/99/99"};
constexpr std::string_view kEmptyGzip("\x1f\x8b\x08\0\0\0\0\0\0\x03\x03\0\0\0\0\0\0\0\0\0", 20);

std::string path_of(const std::string& datehour) {
  return (std::filesystem::path("/") / datehour / "object.gz").string();
}

Result<void> make_placeholders(const std::string& folder) {
  for (const char* datehour : kPlaceholders) {
    if (Result<void> made = make_folders(folder + "/" + datehour); !made) return made;
    const Result<UniqueFd> file = open_for_writing(folder + path_of(datehour));
    if (!file) return file.error();
    if (Result<void> written = write_all(file->get(), kEmptyGzip, folder); !written) return written;
  }
  return {};
}

// A reading of the store's objects, as the plan shows it.
struct Scan {
  std::string conditions;   // "(a)(b)": all must hold of an object's filename; nothing: all are read
  size_t placeholders = 0;  // that it would read
};

void find_scans(const Json& node, std::vector<Scan>& scans) {
  const Json& info = node.value("extra_info", Json::object());
  if (info.value("Function", "") == "READ_NDJSON")
    scans.push_back({info.value("File Filters", ""),
                     std::strtoul(info.value("Scanning Files", "").c_str(), nullptr, 10)});
  for (const Json& child : node.value("children", Json::array())) find_scans(child, scans);
}

// "(a = ')(')f(b)" -> "(a = ')(') AND f(b)"
std::string joined(std::string_view conditions) {
  std::string text;
  int depth = 0;
  char quote = 0;
  for (const char c : conditions) {
    if (depth == 0 && text.ends_with(')')) text += " AND ";
    text += c;
    if (quote != 0) {
      if (c == quote) quote = 0;
    } else if (c == '\'' || c == '"') {
      quote = c;
    } else if (c == '(') {
      ++depth;
    } else if (c == ')') {
      --depth;
    }
  }
  return text;
}

// How often the text names the table, at least: a plan with fewer readings of it has left some out because its
// two objects are empty.
size_t count_of_table(std::string_view text) {
  constexpr std::string_view kTable = "route53query";
  const auto same = [](char a, char b) { return std::tolower(static_cast<unsigned char>(a)) == b; };
  size_t count = 0;
  for (auto at = text.begin();; ++count) {
    at = std::search(at, text.end(), kTable.begin(), kTable.end(), same);
    if (at == text.end()) return count;
    at += kTable.size();
    if (at != text.end() && *at == '.') --count;  // of a column
  }
}

class PathRows final : public SqlRowSink {
 public:
  Result<void> begin(std::span<const SqlColumn>) override { return {}; }
  Result<void> row(std::span<const std::optional<std::string_view>> cells) override {
    paths.emplace(cells[0].value_or(""));
    return {};
  }
  std::set<std::string> paths;
};

// Those of the paths of which the conditions hold; nothing where that cannot be told.
std::optional<std::set<std::string>> paths_read(SqlDatabase& database, const Scan& scan,
                                                const std::vector<std::string>& paths) {
  std::string list;
  for (const std::string& path : paths) list += (list.empty() ? "" : ", ") + sql_quoted(path);
  PathRows rows;
  const Result<uint64_t> asked = database.select(
      {"SELECT filename FROM (SELECT unnest([" + list + "]) AS filename) WHERE " + joined(scan.conditions),
       {}},
      SqlForm::kCells, rows);
  size_t placeholders = 0;
  for (const char* datehour : kPlaceholders) placeholders += rows.paths.count(path_of(datehour));
  if (!asked || placeholders != scan.placeholders) return {};
  return std::move(rows.paths);
}

}  // namespace

Result<std::set<std::string>> datehours_read(const SqlQuestion& question,
                                             const std::set<std::string>& datehours,
                                             const SuffixTable& suffixes) {
  const Result<TemporaryFolder> folder = TemporaryFolder::create();
  if (!folder) return folder.error();
  if (const Result<void> made = make_placeholders(folder->path()); !made) return made.error();
  Result<SqlDatabase> database = SqlDatabase::open(suffixes);
  if (!database) return database.error();
  Result<void> ready = create_route53query_view(*database, folder->path());
  if (ready) ready = database->confine({folder->path()}, {});
  if (!ready) return ready.error();
  const Result<std::string> plan = database->plan(question);
  if (!plan) return plan.error();
  std::vector<Scan> scans;
  for (const Json& node : Json::parse(*plan, nullptr, false)) find_scans(node, scans);

  std::vector<std::string> paths;
  paths.reserve(datehours.size() + kPlaceholders.size());
  for (const std::string& datehour : datehours) paths.push_back(path_of(datehour));
  for (const char* datehour : kPlaceholders) paths.push_back(path_of(datehour));
  std::set<std::string> read;
  for (const Scan& scan : scans) {
    const std::optional<std::set<std::string>> found =
        scan.conditions.empty() ? std::nullopt : paths_read(*database, scan, paths);
    if (!found) return datehours;
    read.insert(found->begin(), found->end());
  }
  if (scans.empty() || scans.size() < count_of_table(question.text)) return datehours;
  std::set<std::string> wanted;
  for (const std::string& datehour : datehours)
    if (read.contains(path_of(datehour))) wanted.insert(datehour);
  return wanted;
}

}  // namespace querymark
