// SPDX-License-Identifier: Apache-2.0
#include "lists/csv_header.h"

#include <algorithm>
#include <charconv>
#include <optional>
#include <vector>

#include "lists/ascii.h"
#include "lists/host_text.h"

namespace querymark {
namespace {

// Names of columns of domains in published lists, the surest first; ' ' and '-' count as '_'.
constexpr std::string_view kKnownNames[] = {
    "domain",     "domain_name",      "domainname", "domains",   "fqdn",       "host",
    "hostname",   "host_name",        "hosts",      "url",       "urls",       "uri",
    "ioc",        "ioc_value",        "iocvalue",   "indicator", "indicators", "indicator_value",
    "observable", "observable_value", "value",      "name",      "site",       "website",
    "query"};

std::string plain_name(std::string_view name) {
  std::string plain;
  for (const char c : trim(name)) plain += c == ' ' || c == '-' ? '_' : ascii_lower(c);
  return plain;
}

std::vector<std::string> split(std::string_view record, char delimiter) {
  std::vector<std::string> values;
  CsvFields fields(record, delimiter);
  while (fields.next()) values.push_back(fields.unquoted());
  return values;
}

// The delimiter that cuts the record into most fields.
char find_delimiter(std::string_view record) {
  char best = ',';
  size_t most = 1;
  for (const char delimiter : {',', ';', '\t', '|'}) {
    const size_t count = split(record, delimiter).size();
    if (count > most) {
      most = count;
      best = delimiter;
    }
  }
  return best;
}

std::optional<size_t> find_name(const std::vector<std::string>& header, std::string_view plain) {
  for (size_t i = 0; i < header.size(); ++i)
    if (plain_name(header[i]) == plain) return i;
  return std::nullopt;
}

std::optional<size_t> find_known_name(const std::vector<std::string>& header) {
  for (const std::string_view known : kKnownNames)
    if (const std::optional<size_t> index = find_name(header, known)) return index;
  return std::nullopt;
}

// "evil.com", "http://1.2.3.4/x": a name whose last label could be a top-level domain, or a URL.
bool looks_like_host(const std::string& value) {
  PaddedText scratch;
  const std::string_view host = scratch.host_of(value);
  const size_t dot = host.rfind('.');
  if (dot == std::string_view::npos || dot == 0 || !kNameBytes.has_all_of(host)) return false;
  const std::string_view last_label = host.substr(dot + 1);
  return value.find("://") != std::string::npos ||
         (last_label.size() >= 2 && std::none_of(last_label.begin(), last_label.end(), is_digit)) ||
         starts_with_any_case(last_label, "xn--");
}

std::optional<size_t> find_host_value(const std::vector<std::string>& record) {
  for (size_t i = 0; i < record.size(); ++i)
    if (looks_like_host(record[i])) return i;
  return std::nullopt;
}

std::string list_names(const std::vector<std::string>& header) {
  std::string names;
  for (const std::string& name : header) names += (names.empty() ? "" : ", ") + name.substr(0, 40);
  return names;
}

CsvColumn find_wanted(std::string_view wanted, const std::vector<std::string>& comment,
                      const std::vector<std::string>& first) {
  CsvColumn column;
  size_t number = 0;
  const auto [end, error] = std::from_chars(wanted.data(), wanted.data() + wanted.size(), number);
  if (error == std::errc() && end == wanted.data() + wanted.size()) {
    if (number == 0 || number > first.size()) {
      column.error = "there is no column " + std::string(wanted) + ": the first record has " +
                     std::to_string(first.size());
      return column;
    }
    column.index = number - 1;
    column.in_first_record = !looks_like_host(first[column.index]);
    return column;
  }
  const std::string plain = plain_name(wanted);
  if (const std::optional<size_t> index = find_name(first, plain)) {
    column.index = *index;
    column.name = first[*index];
    column.in_first_record = true;
  } else if (const std::optional<size_t> commented = find_name(comment, plain)) {
    column.index = *commented;
    column.name = comment[*commented];
  } else {
    column.error = "there is no column \"" + std::string(wanted) + "\"; the header has " + list_names(first);
  }
  return column;
}

CsvColumn find_known(const std::vector<std::string>& comment, const std::vector<std::string>& first) {
  CsvColumn column;
  const std::optional<size_t> host = find_host_value(first);
  const std::optional<size_t> named = find_known_name(first);
  const std::optional<size_t> commented = find_known_name(comment);
  if (named && !host) {
    column.index = *named;
    column.name = first[*named];
    column.in_first_record = true;
  } else if (commented && comment.size() == first.size()) {
    column.index = *commented;
    column.name = comment[*commented];
  } else if (host) {
    column.index = *host;
  } else {
    column.error = "no column of domains found among: " + list_names(first) + "; name one with --column";
  }
  return column;
}

}  // namespace

bool CsvFields::next() {
  if (at_end_) return false;
  is_plain_ = true;
  if (delimiter_ != '\t') rest_ = trim_left(rest_);
  const bool quoted = rest_.starts_with('"');
  if (quoted) take_quoted();
  const size_t end = rest_.find(delimiter_);
  if (!quoted) value_ = trim(rest_.substr(0, end));
  at_end_ = end == std::string_view::npos;
  if (!at_end_) rest_.remove_prefix(end + 1);
  return true;
}

void CsvFields::take_quoted() {
  size_t end = rest_.find('"', 1);
  while (end != std::string_view::npos && end + 1 < rest_.size() && rest_[end + 1] == '"') {
    is_plain_ = false;
    end = rest_.find('"', end + 2);
  }
  end = std::min(end, rest_.size());
  value_ = rest_.substr(1, end - 1);
  rest_.remove_prefix(std::min(end + 1, rest_.size()));
}

std::string CsvFields::unquoted() const {
  std::string text(value_);
  if (is_plain_) return text;
  for (size_t at = text.find("\"\""); at != std::string::npos; at = text.find("\"\"", at + 1))
    text.erase(at, 1);
  return text;
}

bool ends_in_quotes(std::string_view line, bool begins_in_quotes, char delimiter) {
  bool in_quotes = begins_in_quotes;
  for (;;) {
    if (!in_quotes) {
      if (delimiter != '\t') line = trim_left(line);
      in_quotes = line.starts_with('"');
      if (in_quotes) line.remove_prefix(1);
    }
    if (in_quotes) {
      const size_t quote = line.find('"');
      if (quote == std::string_view::npos) return true;
      const bool doubled = line.substr(quote + 1, 1) == "\"";
      line.remove_prefix(quote + (doubled ? 2 : 1));
      if (doubled) continue;
      in_quotes = false;
    }
    const size_t end = line.find(delimiter);
    if (end == std::string_view::npos) return false;
    line.remove_prefix(end + 1);
  }
}

CsvColumn find_csv_column(std::string_view wanted, std::string_view comment, std::string_view first_record) {
  const char delimiter = find_delimiter(first_record);
  const std::vector<std::string> first = split(first_record, delimiter);
  const std::vector<std::string> commented = split(comment, delimiter);
  CsvColumn column = wanted.empty() ? find_known(commented, first) : find_wanted(wanted, commented, first);
  column.delimiter = delimiter;
  return column;
}

}  // namespace querymark
