// SPDX-License-Identifier: Apache-2.0
// "0.0.0.0 name [name…] # comment", and "name", one a line: hosts files and lists of plain names.
#include "lists/hosts_lines.h"

#include "lists/ascii.h"
#include "lists/host_text.h"
#include "lists/line_reader.h"

namespace querymark {
namespace {

bool is_address(std::string_view field) {
  if (field == "0.0.0.0" || field == "127.0.0.1") return true;
  return !field.empty() && (is_digit(field[0]) || field.find(':') != std::string_view::npos) &&
         is_ip_address(field);
}

class HostsLines final : public LineReader {
 public:
  explicit HostsLines(EntryWriter& writer) : writer_(writer) {}

  void line(std::string_view line, uint64_t /*number*/) override {
    if (!is_comment_line(line)) read_hosts_line(writer_, line, scratch_);
  }

 private:
  EntryWriter& writer_;
  PaddedText scratch_;
};

class DomainsLines final : public LineReader {
 public:
  explicit DomainsLines(EntryWriter& writer) : writer_(writer) {}

  void line(std::string_view line, uint64_t /*number*/) override {
    if (!is_comment_line(line)) read_names(writer_, line, scratch_);
  }

 private:
  EntryWriter& writer_;
  PaddedText scratch_;
};

}  // namespace

bool is_hosts_line(std::string_view line) {
  if (!is_address(take_field(line))) return false;
  const std::string_view name = take_field(line);
  return !name.empty() && name[0] != '#';
}

void read_hosts_line(EntryWriter& writer, std::string_view line, PaddedText& scratch) {
  std::string_view names = line;
  read_names(writer, is_address(take_field(names)) && !trim_left(names).empty() ? names : line, scratch);
}

void read_names(EntryWriter& writer, std::string_view fields, PaddedText& scratch) {
  fields = fields.substr(0, fields.find('#'));
  for (std::string_view field = take_field(fields); !field.empty(); field = take_field(fields)) {
    if (field[0] == ';' || field == "//") return;
    add_item(writer, field, scratch);
  }
}

std::unique_ptr<LineReader> make_hosts_lines(EntryWriter& writer) {
  return std::make_unique<HostsLines>(writer);
}

std::unique_ptr<LineReader> make_domains_lines(EntryWriter& writer) {
  return std::make_unique<DomainsLines>(writer);
}

}  // namespace querymark
