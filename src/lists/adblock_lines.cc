// SPDX-License-Identifier: Apache-2.0
// Filter lists: "||name^" blocks a name and all below it, "@@||name^" excepts it. Rules about anything less
// than a whole domain (a path, a page element, one client) are no entries: they would block more than the
// list says.
#include "lists/adblock_lines.h"

#include <algorithm>

#include "lists/ascii.h"
#include "lists/host_text.h"
#include "lists/hosts_lines.h"
#include "lists/line_reader.h"

namespace querymark {
namespace {

// Options that leave a rule about the whole domain.
constexpr std::string_view kDomainOptions[] = {"important", "all", "third-party", "3p",
                                               "document",  "doc", "popup"};

bool is_domain_option(std::string_view option) {
  for (const std::string_view known : kDomainOptions)
    if (option == known) return true;
  return false;
}

bool are_domain_options(std::string_view options) {
  while (!options.empty()) {
    const size_t comma = std::min(options.find(','), options.size());
    if (!is_domain_option(trim(options.substr(0, comma)))) return false;
    options.remove_prefix(std::min(comma + 1, options.size()));
  }
  return true;
}

// A rule's pattern, cut at its name.
struct Pattern {
  std::string_view name;
  EntryScope scope;
  std::string_view rest;  // after the name: "^", "^$important", "/path"
};

Pattern cut_pattern(std::string_view rule) {
  EntryScope scope = EntryScope::kSubtree;
  if (rule.starts_with("||")) {
    rule.remove_prefix(2);
    if (rule.starts_with("*.")) rule.remove_prefix(2);
  } else if (rule.starts_with("|http://") || rule.starts_with("|https://")) {
    rule.remove_prefix(rule.find("://") + 3);
    scope = EntryScope::kExact;
  } else {
    return {};
  }
  const size_t end = kNameBytes.find_other(rule, 0);
  return {rule.substr(0, end), scope, rule.substr(end)};
}

// Whether what follows the name says "and nothing more of the address": "", "^", "^|", with options.
bool ends_after_name(const Pattern& pattern) {
  std::string_view rest = pattern.rest;
  if (pattern.scope == EntryScope::kExact && rest.starts_with('/')) rest.remove_prefix(1);
  if (rest.starts_with('^')) rest.remove_prefix(1);
  if (rest.starts_with('|')) rest.remove_prefix(1);
  return rest.empty() || (rest[0] == '$' && are_domain_options(rest.substr(1)));
}

// "evil.com", without any sign of a pattern: filters of DNS resolvers take such a line for a name.
bool is_plain_name(std::string_view line) {
  const std::string_view name = line.starts_with("*.") ? line.substr(2) : line;
  return !name.empty() && name[0] != '.' && name[0] != '-' && name.find('.') != std::string_view::npos &&
         kNameBytes.has_all_of(name);
}

class AdblockLines final : public LineReader {
 public:
  explicit AdblockLines(EntryWriter& writer) : writer_(writer) {}

  void line(std::string_view line, uint64_t /*number*/) override {
    line = trim(line);
    if (line.empty() || line[0] == '!') return;
    if (line.starts_with("||")) return read_rule(line, line);
    if (line[0] == '[' && line.back() == ']') return;
    if (is_cosmetic_rule(line)) return writer_.skip(line, SkipReason::kNotDomainRule);
    if (line[0] == '#') return;
    if (is_hosts_line(line)) return read_hosts_line(writer_, line, scratch_);
    if (const std::string_view name = trim(line.substr(0, line.find(" #"))); is_plain_name(name))
      return add_item(writer_, name, scratch_);
    read_rule(line, line.starts_with("@@") ? line.substr(2) : line);
  }

 private:
  void read_rule(std::string_view line, std::string_view rule) {
    const Pattern pattern = cut_pattern(rule);
    if (pattern.name.empty() || !ends_after_name(pattern))
      return writer_.skip(line, SkipReason::kNotDomainRule);
    const ListName name{pattern.name, pattern.scope, line};
    if (rule.size() == line.size())
      writer_.add(name);
    else
      writer_.add_exception(name);
  }

  EntryWriter& writer_;
  PaddedText scratch_;
};

}  // namespace

bool is_cosmetic_rule(std::string_view line) {
  for (size_t at = line.find('#'); at != std::string_view::npos; at = line.find('#', at + 1)) {
    size_t end = at + 1;
    while (end < line.size() && std::string_view("@?$%").find(line[end]) != std::string_view::npos) ++end;
    if (end + 1 >= line.size() || line[end] != '#') continue;
    if (line[end + 1] != '#' && !is_blank(line[end + 1])) return true;
  }
  return line.find("$$") != std::string_view::npos;
}

std::unique_ptr<LineReader> make_adblock_lines(EntryWriter& writer) {
  return std::make_unique<AdblockLines>(writer);
}

}  // namespace querymark
