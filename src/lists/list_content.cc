// SPDX-License-Identifier: Apache-2.0
#include "lists/list_content.h"

#include "lists/ascii.h"

namespace querymark {
namespace {

using namespace std::string_view_literals;

struct Magic {
  std::string_view bytes;
  std::string_view what;
};

constexpr Magic kMagics[] = {
    {"\x1F\x8B"sv, "this is gzip data inside what was unpacked already"},
    {"PK\x03\x04"sv, "this is a zip archive: unpack it first"},
    {"BZh91AY&SY"sv, "this is bzip2 data: unpack it first"},
    {"\xFD"
     "7zXZ\0"sv,
     "this is xz data: unpack it first"},
    {"\x28\xB5\x2F\xFD"sv, "this is zstd data: unpack it first"},
    {"7z\xBC\xAF"sv, "this is a 7z archive: unpack it first"},
    {"%PDF-"sv, "this is a PDF document, not a list"},
    {"\xFF\xFE"sv, "this is UTF-16 text: convert it to UTF-8 first (iconv -f UTF-16 -t UTF-8)"},
    {"\xFE\xFF"sv, "this is UTF-16 text: convert it to UTF-8 first (iconv -f UTF-16 -t UTF-8)"},
};

struct Tag {
  std::string_view begin;  // lower case
  std::string_view what;
};

constexpr Tag kTags[] = {
    {"<!doctype html", "an HTML page"}, {"<html", "an HTML page"},
    {"<head", "an HTML page"},          {"<body", "an HTML page"},
    {"<title", "an HTML page"},         {"<script", "an HTML page"},
    {"<meta", "an HTML page"},          {"<error>", "a server's error document"},
};

// Drops what begins with `begin`, up to and with `end`.
bool drop_enclosed(std::string_view& text, std::string_view begin, std::string_view end) {
  if (!text.starts_with(begin)) return false;
  const size_t at = text.find(end, begin.size());
  text.remove_prefix(at == std::string_view::npos ? text.size() : at + end.size());
  return true;
}

// The head without what may stand before a page's first tag.
std::string_view skip_preamble(std::string_view text) {
  do {
    text = trim_left(text);
  } while (drop_enclosed(text, "<!--", "-->") || drop_enclosed(text, "<?xml", "?>") ||
           drop_enclosed(text, "#", "\n") || drop_enclosed(text, "!", "\n") ||
           drop_enclosed(text, ";", "\n"));
  return text;
}

std::string quoted_beginning(std::string_view text) {
  constexpr size_t kShownSize = 40;
  const std::string_view line = text.substr(0, text.find_first_of("\r\n"));
  return std::string("\"").append(line.substr(0, kShownSize)).append("\"");
}

}  // namespace

std::optional<std::string> refuse_content(std::string_view head) {
  for (const Magic& magic : kMagics)
    if (head.starts_with(magic.bytes)) return std::string(magic.what);

  if (head.starts_with(kUtf8Bom)) head.remove_prefix(kUtf8Bom.size());
  const std::string_view body = skip_preamble(head);
  for (const Tag& tag : kTags) {
    if (starts_with_any_case(body, tag.begin))
      return "this is " + std::string(tag.what) + ", not a list (it begins with " + quoted_beginning(body) +
             ")";
  }
  if (const size_t nul = head.find('\0'); nul != std::string_view::npos)
    return "this is a binary file, not a list (a NUL byte at byte " + std::to_string(nul) + ")";
  return std::nullopt;
}

char find_line_end(std::string_view head) {
  return head.find('\n') == std::string_view::npos && head.find('\r') != std::string_view::npos ? '\r' : '\n';
}

}  // namespace querymark
