// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <vector>

#include "lists/transcript.h"

namespace querymark {
namespace {

TEST(DomainsLines, OneNameALine) {
  const std::vector<LineCase> cases = {
      {"a name", "evil.example.com", "evil.example.com exact"},
      {"blanks around", "  evil.com\t", "evil.com exact"},
      {"capitals and the root's dot", "EVIL.Com.", "evil.com exact"},
      {"U-labels", "пример.рф", "xn--e1afmkfd.xn--p1ai exact"},
      {"A-labels", "xn--80ak6aa92e.com", "xn--80ak6aa92e.com exact"},
      {"underscore", "_dmarc.evil.com", "_dmarc.evil.com exact"},
      {"star: the name and all below", "*.evil.com", "evil.com subtree"},
      {"leading dot: the name and all below", ".evil.com", "evil.com subtree"},
      {"trailing comment", "evil.com # seen in http://vendor.com", "evil.com exact"},
      {"trailing comment without blank", "evil.com#note.com", "evil.com exact"},
      {"trailing comment after a semicolon", "evil.com ; note.com", "evil.com exact"},
      {"several names", "evil.com bad.net", "evil.com exact; bad.net exact"},
      {"a URL gives its host", "https://evil.com:8080/update.zip?x=y.com", "evil.com exact"},
      {"defanged", "hxxp://evil[.]com/x.sh", "evil.com exact"},
      {"a port", "evil.com:443", "evil.com exact"},
      {"name of a file's extension, alone", "update.zip", "update.zip exact"},
      {"private suffix", "github.io", "github.io exact suffix"},
      {"ASCII comment", "# evil.com", ""},
      {"adblock comment", "! evil.com", ""},
      {"zone comment", "; evil.com", ""},
      {"C++ comment", "// evil.com", ""},
      {"blank line", " \t ", ""},
  };
  for (const LineCase& c : cases)
    EXPECT_EQ(transcribe_line(c.line, ListFormat::kDomains), c.expected) << c.what;
}

TEST(DomainsLines, WhatIsNoEntryIsLeftOutWithAReason) {
  const std::vector<LineCase> cases = {
      {"unknown top-level domain", "evil.invalidtld", "no_valid_tld: evil.invalidtld"},
      {"single label", "localhost", "no_valid_tld: localhost"},
      {"IPv4", "192.0.2.1", "ip_address: 192.0.2.1"},
      {"IPv4 with a port", "192.0.2.1:80", "ip_address: 192.0.2.1:80"},
      {"IPv4 network", "192.0.2.0/24", "ip_address: 192.0.2.0/24"},
      {"IPv6", "2001:db8::1", "ip_address: 2001:db8::1"},
      {"IPv6 in brackets", "[2001:db8::1]:80", "ip_address: [2001:db8::1]:80"},
      {"URL of an address", "http://192.0.2.1/bins.sh", "ip_address: http://192.0.2.1/bins.sh"},
      {"URL of an IPv6 address", "http://[2001:db8::1]:80/x", "ip_address: http://[2001:db8::1]:80/x"},
      {"empty label", "a..com", "not_host_name: a..com"},
      {"label of 64 bytes", std::string(64, 'a') + ".com", "not_host_name: " + std::string(64, 'a') + ".com"},
      {"bytes no host name has", "ev!l.com", "not_host_name: ev!l.com"},
      {"star inside", "ads*.com", "not_host_name: ads*.com"},
      {"ICANN suffix", "co.uk", "icann_suffix: co.uk"},
      {"star of an ICANN suffix", "*.com", "icann_suffix: *.com"},
      {"bytes that are no UTF-8", "ev\xFFl.com", "not_host_name: ev\xFFl.com"},
  };
  for (const LineCase& c : cases)
    EXPECT_EQ(transcribe_line(c.line, ListFormat::kDomains), c.expected) << c.what;
}

TEST(HostsLines, NamesAfterAnAddress) {
  const std::vector<LineCase> cases = {
      {"null address", "0.0.0.0 evil.com", "evil.com exact"},
      {"loopback and a tab", "127.0.0.1\tevil.com", "evil.com exact"},
      {"IPv6", "::1 evil.com", "evil.com exact"},
      {"IPv6 null address", ":: evil.com", "evil.com exact"},
      {"another address", "192.0.2.7 evil.com", "evil.com exact"},
      {"several names", "0.0.0.0 evil.com www.evil.com", "evil.com exact; www.evil.com exact"},
      {"trailing comment", "0.0.0.0 evil.com # good.com", "evil.com exact"},
      {"a name without an address", "evil.com", "evil.com exact"},
      {"localhost", "127.0.0.1 localhost localhost.localdomain",
       "no_valid_tld: localhost; no_valid_tld: localhost.localdomain"},
      {"broadcast", "255.255.255.255 broadcasthost", "no_valid_tld: broadcasthost"},
      {"zone of an address", "fe80::1%lo0 localhost", "no_valid_tld: localhost"},
      {"address as a name", "0.0.0.0 0.0.0.0", "ip_address: 0.0.0.0"},
      {"address alone", "192.0.2.7", "ip_address: 192.0.2.7"},
      {"address and a comment", "0.0.0.0 # good.com", ""},
      {"comment", "# 0.0.0.0 good.com", ""},
  };
  for (const LineCase& c : cases)
    EXPECT_EQ(transcribe_line(c.line, ListFormat::kHosts), c.expected) << c.what;
}

}  // namespace
}  // namespace querymark
