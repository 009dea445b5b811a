// SPDX-License-Identifier: Apache-2.0
// registrable_domains LIST.dat [icann]: for each name on stdin, one a line, its registrable domain or an
// empty line.
#include <cstdio>
#include <iostream>
#include <string>

#include "dns/domain_name.h"
#include "psl/suffix_table.h"

int main(int argc, char** argv) {
  using namespace querymark;
  const Result<SuffixTable> loaded = SuffixTable::load(argc > 1 ? argv[1] : "");
  if (!loaded) {
    std::fprintf(stderr, "%s\n", loaded.error().detail.c_str());
    return 1;
  }
  const bool icann_only = argc > 2 && std::string_view(argv[2]) == "icann";
  const SuffixTable table =
      loaded->with_sections(icann_only ? SuffixSections::kIcann : SuffixSections::kIcannAndPrivate);
  std::ios::sync_with_stdio(false);
  for (std::string line; std::getline(std::cin, line);)
    std::cout << table.registrable_domain(normalize_name(line).text()) << '\n';
}
