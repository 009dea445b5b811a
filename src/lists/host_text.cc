// SPDX-License-Identifier: Apache-2.0
#include "lists/host_text.h"

#include <arpa/inet.h>

#include <algorithm>
#include <cstring>
#include <initializer_list>

#include "dns/domain_name.h"
#include "lists/ascii.h"
#include "lists/entry_writer.h"
#include "lists/line_cutter.h"

namespace querymark {
namespace {

constexpr ByteSet kBrackets("[({");
constexpr ByteSet kAuthorityEnds("/?#\\");
constexpr ByteSet kSchemeBytes = ByteSet("+-.").add_range('a', 'z').add_range('A', 'Z').add_range('0', '9');

// What an authority's next byte stands for, and how many bytes it is written with.
struct PlainByte {
  char byte;
  size_t size;
};

size_t size_of_first(std::string_view text, std::initializer_list<std::string_view> choices) {
  for (const std::string_view choice : choices)
    if (starts_with_any_case(text, choice)) return choice.size();
  return 0;
}

PlainByte read_plain_byte(std::string_view text) {
  if (const size_t size = defanged_dot_size(text); size != 0) return {'.', size};
  if (const size_t size = at_sign_size(text); size != 0) return {'@', size};
  if (text.starts_with("[:]")) return {':', 3};
  return {text[0], 1};
}

// `text` without its scheme and the slashes after it; `text` itself where it has none.
std::string_view after_scheme(std::string_view text) {
  const size_t scheme = kSchemeBytes.find_other(text, 0);
  if (scheme != 0)
    if (const size_t size = scheme_end_size(text.substr(scheme)); size != 0)
      return text.substr(scheme + size);
  return text.starts_with("//") ? text.substr(2) : text;
}

std::string_view drop_port(std::string_view host) {
  const size_t colon = host.rfind(':');
  if (colon == std::string_view::npos) return host;
  const bool only_colon = host.find(':') == colon || host[colon - 1] == ']';
  const bool digits = std::all_of(host.begin() + static_cast<ptrdiff_t>(colon) + 1, host.end(), is_digit);
  return only_colon && digits ? host.substr(0, colon) : host;
}

}  // namespace

size_t defanged_dot_size(std::string_view text) {
  if (text.empty() || !kBrackets.has(text[0])) return 0;
  return size_of_first(text, {"[.]", "(.)", "{.}", "[dot]", "(dot)", "{dot}"});
}

size_t scheme_end_size(std::string_view text) {
  return size_of_first(text, {"://", "[:]//", "[://]", "(:)//", ":\\/\\/"});
}

size_t at_sign_size(std::string_view text) {
  return size_of_first(text, {"@", "[@]", "(@)", "[at]", "(at)", "{at}"});
}

std::string_view PaddedText::keep(std::string_view text) {
  buffer_.assign(text);
  buffer_.append(LineCutter::kPadding, '\0');
  return {buffer_.data(), text.size()};
}

std::string_view PaddedText::host_of_authority(std::string_view text) {
  text = text.substr(0, kAuthorityEnds.find(text, 0));
  if (kBrackets.find(text, 0) != text.size()) {
    std::string plain;
    while (!text.empty()) {
      const PlainByte next = read_plain_byte(text);
      plain += next.byte;
      text.remove_prefix(next.size);
    }
    text = keep(plain);
  }
  if (const size_t at = text.rfind('@'); at != std::string_view::npos) text.remove_prefix(at + 1);
  return drop_port(text);
}

std::string_view PaddedText::host_of(std::string_view text) {
  return host_of_authority(after_scheme(text));
}

void add_item(EntryWriter& writer, std::string_view item, PaddedText& scratch) {
  std::string_view name = item;
  if (name.starts_with("*."))
    name.remove_prefix(2);
  else if (name.starts_with('.'))
    name.remove_prefix(1);
  const EntryScope scope = name.size() == item.size() ? EntryScope::kExact : EntryScope::kSubtree;
  const bool plain = kNameBytes.has_all_of(name) || is_ip_address(name);
  writer.add({plain ? name : scratch.host_of(name), scope, item});
}

bool is_ip_address(std::string_view text) {
  if (text.starts_with('[')) {
    const size_t bracket = text.find(']');
    if (bracket == std::string_view::npos) return false;
    text = text.substr(1, bracket - 1);
  }
  text = text.substr(0, text.find_first_of("/%"));
  if (is_ipv4_text(drop_port(text))) return true;
  char terminated[INET6_ADDRSTRLEN + 1];
  if (text.size() >= sizeof terminated) return false;
  std::memcpy(terminated, text.data(), text.size());
  terminated[text.size()] = '\0';
  in6_addr address;
  return inet_pton(AF_INET6, terminated, &address) == 1;
}

}  // namespace querymark
