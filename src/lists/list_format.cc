// SPDX-License-Identifier: Apache-2.0
#include "lists/list_format.h"

#include <algorithm>
#include <array>
#include <initializer_list>

#include "lists/adblock_lines.h"
#include "lists/ascii.h"
#include "lists/csv_header.h"
#include "lists/hosts_lines.h"
#include "lists/list_content.h"

namespace querymark {
namespace {

constexpr std::string_view kFormatNames[] = {"auto", "text", "domains", "hosts",  "adblock",
                                             "rpz",  "csv",  "dnsmasq", "unbound"};
constexpr size_t kLinesAsked = 1000;

bool starts_with_any_of(std::string_view line, std::initializer_list<std::string_view> beginnings) {
  return std::any_of(beginnings.begin(), beginnings.end(),
                     [line](std::string_view beginning) { return starts_with_any_case(line, beginning); });
}

bool is_adblock_line(std::string_view line) {
  return starts_with_any_of(line, {"||", "@@", "|http"}) || is_cosmetic_rule(line);
}

bool is_zone_line(std::string_view line) {
  if (starts_with_any_of(line, {"$ttl", "$origin"})) return true;
  std::string_view rest = line.substr(0, line.find(';'));
  take_field(rest);
  for (int i = 0; i < 3; ++i) {
    const std::string_view type = take_field(rest);
    if (equals_any_case(type, "cname") || equals_any_case(type, "soa")) return !trim(rest).empty();
  }
  return false;
}

bool is_name_line(std::string_view line) {
  std::string_view rest = line.substr(0, line.find('#'));
  const std::string_view name = take_field(rest);
  const size_t wildcard = name.starts_with("*.") ? 2 : 0;
  return trim(rest).empty() && name.find('.') != std::string_view::npos &&
         kNameBytes.has_all_of(name.substr(wildcard));
}

// What a line that is no comment looks like; kAuto for none of these.
ListFormat shape_of(std::string_view line) {
  if (is_adblock_line(line)) return ListFormat::kAdblock;
  if (starts_with_any_of(line, {"address=/", "server=/", "local=/"})) return ListFormat::kDnsmasq;
  if (starts_with_any_of(line, {"local-zone:", "local-data:", "server:"})) return ListFormat::kUnbound;
  if (is_hosts_line(line)) return ListFormat::kHosts;
  if (is_name_line(line)) return ListFormat::kDomains;
  if (is_zone_line(line)) return ListFormat::kRpz;
  return ListFormat::kAuto;
}

// Of the first lines of a file.
struct Census {
  size_t lines = 0;  // neither blank nor comments
  std::array<size_t, std::size(kFormatNames)> shapes{};
  bool has_adblock_header = false;
  bool has_zone_head = false;     // $TTL, $ORIGIN or an SOA record
  std::string_view last_comment;  // before the first line, without its '#'
  std::string_view first;         // line
  std::string_view second;

  size_t of(ListFormat format) const { return shapes[static_cast<size_t>(format)]; }
};

bool is_comment(std::string_view line) {
  return is_comment_line(line) && !is_cosmetic_rule(line);
}

void count_line(std::string_view line, Census& census) {
  if (starts_with_any_case(line, "[adblock")) census.has_adblock_header = true;
  if (is_comment(line)) {
    if (census.lines == 0) census.last_comment = line.substr(ByteSet("# \t").find_other(line, 0));
    return;
  }
  if (line[0] == '[' && line.back() == ']') return;
  if (census.lines == 0) census.first = line;
  if (census.lines == 1) census.second = line;
  ++census.lines;
  const ListFormat shape = shape_of(line);
  ++census.shapes[static_cast<size_t>(shape)];
  if (shape == ListFormat::kRpz) census.has_zone_head |= line[0] == '$' || line[0] == '@';
}

Census take_census(std::string_view head) {
  Census census;
  const char line_end = find_line_end(head);
  const bool goes_on = head.size() >= kListHeadSize;
  if (head.starts_with(kUtf8Bom)) head.remove_prefix(kUtf8Bom.size());
  while (!head.empty() && census.lines < kLinesAsked) {
    const size_t size = std::min(head.find(line_end), head.size());
    const bool cut_short = goes_on && size == head.size();
    const std::string_view line = trim(head.substr(0, size));
    if (!line.empty() && !cut_short) count_line(line, census);
    head.remove_prefix(std::min(size + 1, head.size()));
  }
  return census;
}

std::string say_share(size_t count, const Census& census, std::string_view what) {
  return std::to_string(count) + " of the first " + std::to_string(census.lines) + " lines are " +
         std::string(what);
}

// A header that names a column of domains, or records of one width with a host in each.
std::optional<std::string> recognise_csv(const Census& census) {
  const CsvColumn column = find_csv_column({}, census.last_comment, census.first);
  if (!column.error.empty()) return std::nullopt;
  const auto width = [&column](std::string_view record) {
    size_t count = 0;
    CsvFields fields(record, column.delimiter);
    while (fields.next()) ++count;
    return count;
  };
  if (width(census.first) < 2 && column.name.empty()) return std::nullopt;
  if (!census.second.empty() && width(census.second) != width(census.first)) return std::nullopt;
  if (!column.name.empty()) return "the header has a column \"" + column.name + "\"";
  const bool prose = census.first.find(' ') != std::string_view::npos;
  if (prose || census.second.empty()) return std::nullopt;
  return "records of " + std::to_string(width(census.first)) + " fields, a host in field " +
         std::to_string(column.index + 1);
}

bool is_most(size_t count, const Census& census) {
  return count * 10 >= census.lines * 9;
}

}  // namespace

std::string_view to_string(ListFormat format) {
  return kFormatNames[static_cast<size_t>(format)];
}

std::optional<ListFormat> parse_list_format(std::string_view text) {
  for (size_t i = 0; i < std::size(kFormatNames); ++i)
    if (text == kFormatNames[i]) return static_cast<ListFormat>(i);
  return std::nullopt;
}

ListFormatGuess guess_list_format(std::string_view head) {
  const Census census = take_census(head);
  const size_t domains = census.of(ListFormat::kDomains);
  const size_t hosts = census.of(ListFormat::kHosts);
  const size_t adblock = census.of(ListFormat::kAdblock);

  if (census.has_adblock_header) return {ListFormat::kAdblock, "it has an [Adblock …] header"};
  if (census.lines == 0) return {ListFormat::kText, "it begins with comments or nothing"};
  for (const ListFormat format : {ListFormat::kDnsmasq, ListFormat::kUnbound}) {
    if (census.of(format) * 2 > census.lines)
      return {format, say_share(census.of(format), census, std::string(to_string(format)) + " settings")};
  }
  if (const size_t rpz = census.of(ListFormat::kRpz);
      rpz * 2 > census.lines || (census.has_zone_head && rpz > 1))
    return {ListFormat::kRpz, say_share(rpz, census, "records of a response policy zone")};
  if (adblock != 0 && is_most(adblock + hosts + domains, census))
    return {ListFormat::kAdblock, say_share(adblock, census, "adblock rules")};
  if (hosts != 0 && is_most(hosts + domains, census))
    return {ListFormat::kHosts, say_share(hosts, census, "hosts lines")};
  if (is_most(domains, census)) return {ListFormat::kDomains, say_share(domains, census, "names")};
  if (const std::optional<std::string> csv = recognise_csv(census)) return {ListFormat::kCsv, *csv};
  return {ListFormat::kText, "its lines have no form of a list that is known"};
}

}  // namespace querymark
