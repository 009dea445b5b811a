// SPDX-License-Identifier: Apache-2.0
#include "domains/bad_row.h"

#include "dns/domain_name.h"

namespace querymark {

std::string name_fault(std::string_view text, const SuffixTable& suffixes) {
  const DomainName name = normalize_name(text);
  if (!name.ok()) return "no name: " + std::string(to_string(name.error()));
  if (is_ipv4_text(name.text())) return "an IP address";
  if (suffixes.registrable_domain(name.text()).empty()) return "no valid top-level domain";
  return "";
}

}  // namespace querymark
