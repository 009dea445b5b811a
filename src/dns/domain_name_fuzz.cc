// SPDX-License-Identifier: Apache-2.0
// Any bytes as a name: the fast path equals the general one, a normal form is its own, sizes hold.
#include <cstdlib>
#include <string>

#include "dns/domain_name.h"

using namespace querymark;

static void require(bool condition) {
  if (!condition) std::abort();
}

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const DomainName name = normalize_name(text);
  require(name.ok() == !name.text().empty());
  require(name.text().size() <= kNameTextSizeMax);
  if (name.ok()) require(normalize_name(name.text()).text() == name.text());

  std::string padded(text);
  padded.append(64, size % 2 == 0 ? '.' : '\xC3');
  char out[kNormalizeRoom];
  const size_t out_size = normalize_padded_name({padded.data(), size}, out);
  require(std::string_view(out, out_size) == name.text());

  const std::string_view parent = parent_name(name.text());
  require(parent.empty() || is_equal_or_below(name.text(), parent));
  require(!is_ipv4_text(name.text()) || name.text().size() <= 15);
  return 0;
}
