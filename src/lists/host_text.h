// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

// Hosts as people write them in lists: inside URLs, defanged, as addresses.
//
//   "hxxps[:]//User@Evil[.]com:8080/x.zip?a#b"  -> "Evil.com"
//   "evil(dot)com"                              -> "evil.com"
//   "http://[2001:db8::1]:80/"                  -> "[2001:db8::1]"
namespace querymark {

class EntryWriter;

// Size of the defanged dot that `text` begins with ("[.]", "(dot)", …); 0 where there is none.
size_t defanged_dot_size(std::string_view text);
// Size of what stands between a URL's scheme and its authority, also when defanged ("://", "[:]//", "[://]").
size_t scheme_end_size(std::string_view text);
// Size of the sign between a mail address's parts ("@", "[at]", …).
size_t at_sign_size(std::string_view text);

// A text beside which bytes may be read (LineCutter::kPadding of them after it), kept until the next.
class PaddedText {
 public:
  // The host of an authority and what follows it: userinfo, port, path, query and fragment are dropped,
  // defanged dots made dots. A view into `text` where it could be one.
  std::string_view host_of_authority(std::string_view text);
  // The host of a text that is a host, a URL or a mail address.
  std::string_view host_of(std::string_view text);
  // A copy.
  std::string_view keep(std::string_view text);

 private:
  std::string buffer_;
};

// Hands the writer a list item that is one name and nothing else: "name" and a URL or mail address (its host)
// as exact, "*.name" and ".name" as subtree. REQUIRES: LineCutter::kPadding readable bytes after `item`.
void add_item(EntryWriter& writer, std::string_view item, PaddedText& scratch);

// IPv4 or IPv6, also in brackets, with a port, a prefix length or a zone ("10.0.0.0/8", "[::1]:53",
// "fe80::1%lo0").
bool is_ip_address(std::string_view text);

}  // namespace querymark
