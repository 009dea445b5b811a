// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
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

// What of a file's beginning is asked. A head of this size is taken to be cut inside its last line.
inline constexpr size_t kListHeadSize = size_t{64} << 10;

// By content: `head` is the first kListHeadSize bytes of the file, or all of it. Text that is no list is
// kText; HTML and binary content are for the reader to refuse.
ListFormatGuess guess_list_format(std::string_view head);

}  // namespace querymark
