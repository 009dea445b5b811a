// SPDX-License-Identifier: Apache-2.0
#include "corpus/lists.h"

#include <string_view>

#include "corpus/domains.h"
#include "corpus/text.h"

namespace querymark::corpus {
namespace {

struct Form {
  std::string_view header;
  std::string_view before;
  std::string_view after;
};

Form form_of(ListFormat format) {
  switch (format) {
    case ListFormat::kText:
      return {"Names seen in January, by day.\n", "seen http://", "/login again, see the report\n"};
    case ListFormat::kHosts:
      return {"# Title: interesting domains, a generated list\n127.0.0.1 localhost\n", "0.0.0.0 ", "\n"};
    case ListFormat::kAdblock:
      return {"[Adblock Plus]\n! Title: interesting domains, a generated list\n", "||", "^\n"};
    case ListFormat::kRpz:
      return {"$TTL 300\n@ SOA localhost. root.localhost. 1 3600 600 86400 300\n  NS localhost.\n", "",
              " CNAME .\n"};
    case ListFormat::kCsv:
      return {"domain,family,first_seen\n", "", ",sample,2026-01-15\n"};
    case ListFormat::kDnsmasq:
      return {"# Title: interesting domains, a generated list\n", "address=/", "/#\n"};
    case ListFormat::kUnbound:
      return {"server:\n", "local-zone: \"", "\" always_null\n"};
    case ListFormat::kDomains:
    case ListFormat::kAuto:
      break;
  }
  return {"# Title: interesting domains, a generated list\n", "", "\n"};
}

}  // namespace

void append_list(std::string& out, const ListOptions& options, uint64_t begin, uint64_t end) {
  const Form form = form_of(options.format);
  if (begin == 0) out += form.header;
  for (uint64_t position = begin; position < end; ++position) {
    out += form.before;
    if (options.hosts && position % 3 == 0) {
      out += "host";
      append_number(out, mix(position) % 100);
      out += '.';
    }
    append_domain(out, interesting_domain(options.seed, position));
    out += form.after;
  }
}

}  // namespace querymark::corpus
