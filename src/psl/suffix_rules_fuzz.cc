// SPDX-License-Identifier: Apache-2.0
// A suffix list, an empty line, and names, one a line: the list is refused or compiled, and the compiled
// table answers every name as the slow reading of the rules does.
#include <cstdlib>
#include <string>

#include "dns/domain_name.h"
#include "psl/suffix_reference.h"
#include "psl/suffix_rules.h"
#include "psl/suffix_table.h"

using namespace querymark;

static void require(bool condition) {
  if (!condition) std::abort();
}

static void compare(const SuffixRules& rules, const SuffixTable& table, std::string_view text) {
  const DomainName name = normalize_name(text);
  if (!name.ok()) return;
  const SuffixMatch expected = find_suffix_slowly(rules, table.sections(), name.text());
  require(describe(name.text(), table.find(name.text())) == describe(name.text(), expected));
}

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const size_t list_size = std::min(text.find("\n\n"), size);
  const Result<SuffixRules> rules = parse_suffix_rules(text.substr(0, list_size), "fuzz");
  if (!rules) return 0;
  const SuffixTable table = SuffixTable::compile(*rules);
  const SuffixTable icann = table.with_sections(SuffixSections::kIcann);
  std::string_view names = text.substr(list_size);
  while (!names.empty()) {
    const size_t end = std::min(names.find('\n'), names.size());
    compare(*rules, table, names.substr(0, end));
    compare(*rules, icann, names.substr(0, end));
    names.remove_prefix(std::min(end + 1, names.size()));
  }
  for (const SuffixRule& rule : rules->rules) compare(*rules, table, "x." + rule.name);
  return 0;
}
