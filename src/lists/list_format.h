// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

// The forms in which lists of domains are published, and how one is recognised.
namespace querymark {

enum class ListFormat : uint8_t { kAuto, kText, kDomains, kHosts, kAdblock, kRpz, kCsv, kDnsmasq, kUnbound };

std::string_view to_string(ListFormat format);  // "auto", "text", "domains", "hosts", …
std::optional<ListFormat> parse_list_format(std::string_view text);

struct ListFormatGuess {
  ListFormat format;
  std::string reason;  // for people: what was seen
};

// By content: `head` is the beginning of the file (64 KiB are plenty; `whole` when that is all of it).
// Plain text that is no list still is kText; HTML and binary content are for the reader to refuse.
ListFormatGuess guess_list_format(std::string_view head);

}  // namespace querymark
