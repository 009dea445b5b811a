// SPDX-License-Identifier: Apache-2.0
// Settings of resolvers: dnsmasq and unbound.
#include <gtest/gtest.h>

#include <vector>

#include "lists/transcript.h"

namespace querymark {
namespace {

TEST(DnsmasqLines, NamesAndAllBelowThem) {
  const std::vector<LineCase> cases = {
      {"null address", "address=/evil.com/#", "evil.com subtree"},
      {"address", "address=/evil.com/0.0.0.0", "evil.com subtree"},
      {"IPv6 address", "address=/evil.com/::", "evil.com subtree"},
      {"no address: does not exist", "address=/evil.com/", "evil.com subtree"},
      {"local server", "server=/evil.com/", "evil.com subtree"},
      {"another server", "server=/evil.com/192.0.2.1#5353", "evil.com subtree"},
      {"local", "local=/evil.com/", "evil.com subtree"},
      {"as an argument", "--address=/evil.com/#", "evil.com subtree"},
      {"several names", "address=/evil.com/bad.net/0.0.0.0", "evil.com subtree; bad.net subtree"},
      {"leading dot", "address=/.evil.com/#", "evil.com subtree"},
      {"star label", "address=/*.evil.com/#", "evil.com subtree"},
      {"blanks and a comment", " address = /evil.com/# # good.com", "evil.com subtree"},
      {"ordinary servers: an exception", "server=/good.com/#", "exception: good.com"},
      {"unknown top-level domain", "address=/printer.lan/10.0.0.1", "no_valid_tld: printer.lan"},
      {"every name", "address=/#/0.0.0.0", "not_domain_rule: #"},
      {"names without dots", "server=//192.0.2.1", "not_domain_rule: "},
      {"a star inside", "address=/ads*.com/#", "not_domain_rule: ads*.com"},
      {"no end of the name", "address=/evil.com", "not_domain_rule: address=/evil.com"},
      {"upstream server", "server=192.0.2.1", ""},
      {"other settings", "conf-dir=/etc/dnsmasq.d", ""},
      {"flag", "no-resolv", ""},
      {"comment", "# address=/good.com/#", ""},
  };
  for (const LineCase& c : cases)
    EXPECT_EQ(transcribe_line(c.line, ListFormat::kDnsmasq), c.expected) << c.what;
}

TEST(UnboundLines, ZonesAndData) {
  const std::vector<LineCase> cases = {
      {"zone that answers nothing", "local-zone: \"evil.com.\" always_null", "evil.com subtree"},
      {"without quotes", "  local-zone: evil.com refuse", "evil.com subtree"},
      {"single quotes", "local-zone: 'evil.com' static", "evil.com subtree"},
      {"quoted type", "local-zone: \"evil.com\" \"always_nxdomain\"", "evil.com subtree"},
      {"redirect", "local-zone: \"evil.com\" redirect", "evil.com subtree"},
      {"logged zone", "local-zone: \"evil.com\" inform", "evil.com subtree"},
      {"data", "local-data: \"evil.com. A 0.0.0.0\"", "evil.com exact"},
      {"data with a TTL", "local-data: 'www.evil.com 60 IN A 0.0.0.0'", "www.evil.com exact"},
      {"transparent zone", "local-zone: \"good.com\" transparent",
       "exception: local-zone: \"good.com\" transparent"},
      {"unknown type", "local-zone: \"evil.com\" sometimes",
       "not_domain_rule: local-zone: \"evil.com\" sometimes"},
      {"no type", "local-zone: \"evil.com\"", "not_domain_rule: local-zone: \"evil.com\""},
      {"private zone", "local-zone: \"corp.lan.\" static", "no_valid_tld: local-zone: \"corp.lan.\" static"},
      {"clause", "server:", ""},
      {"other settings", "forward-addr: 192.0.2.1@853#dns.example.com", ""},
      {"comment", "# local-zone: \"good.com\" static", ""},
      {"quote that does not end", "local-zone: \"evil.com", "not_domain_rule: local-zone: \"evil.com"},
  };
  for (const LineCase& c : cases)
    EXPECT_EQ(transcribe_line(c.line, ListFormat::kUnbound), c.expected) << c.what;
}

}  // namespace
}  // namespace querymark
