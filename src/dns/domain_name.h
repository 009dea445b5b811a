// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

// The normal form of domain names, in which all names are compared.
//
//   "WWW.Example.COM."      -> "www.example.com"
//   "пример.рф"             -> "xn--e1afmkfd.xn--p1ai"
//   "\052.example.com."     -> "*.example.com"          (Route 53 writes bytes as backslash and 3 octal
//   digits) "a\056b.example.com."   -> "a\056b.example.com"     (an escaped dot is data in a label, not a
//   separator)
//
// Lower-case ASCII letters; labels with non-ASCII bytes become A-labels by UTS 46 (non-transitional) where
// they can, and keep their bytes where they cannot or the name would not fit; trailing dots and one leading
// dot go; in raw UTF-8 the full stops U+3002, U+FF0E and U+FF61 separate labels as dots do. `\ooo` (octal, <=
// 0377) and `\.` stand for one byte of a label; a backslash that begins no escape is a literal backslash. In
// the normal form only those bytes of a label stay written that would be read as something else: '.' as
// `\056`, '\' as `\134`, and the first byte of a full stop named above as `\343` or `\357`. Sources: RFC 1035
// §2.3.4 (sizes), UTS #46, Route 53 developer guide "DNS domain name format" (escapes).
//
// Cost: about a nanosecond per 5 bytes of plain ASCII; names with escapes or non-ASCII bytes take a
// microsecond. Threads: all functions are pure.
namespace querymark {

inline constexpr size_t kLabelSizeMax = 63;  // RFC 1035 §2.3.4
inline constexpr size_t kNameSizeMax = 253;  // 255 octets on the wire = 253 characters without the root's dot
// A normal form may be written longer than that: every byte may be an escape.
inline constexpr size_t kNameTextSizeMax = 4 * kNameSizeMax;

// Why a text has no normal form that could stand in the DNS. Such a name has no registrable domain.
enum class NameError : uint8_t {
  kNone,
  kEmpty,         // nothing, or only dots
  kEmptyLabel,    // "a..b", "..a"
  kLabelTooLong,  // over kLabelSizeMax bytes: escapes count as the byte they stand for, A-labels as they are
  kNameTooLong,   // over kNameSizeMax bytes, counted so
};
std::string_view to_string(NameError error);

// A name in normal form, by value, in a fixed buffer. With an error, text() is empty.
class DomainName {
 public:
  DomainName() = default;

  std::string_view text() const { return {text_, size_}; }
  NameError error() const { return error_; }
  bool ok() const { return error_ == NameError::kNone; }

 private:
  friend DomainName normalize_name(std::string_view text);
  NameError error_ = NameError::kEmpty;
  uint16_t size_ = 0;
  char text_[kNameTextSizeMax];  // as far as size_
};

// Normal form of any text. Never fails on any bytes: see DomainName::error.
DomainName normalize_name(std::string_view text);

// The hot path's form of normalize_name: writes the normal form of `text` to `out`, which has room for
// kNormalizeRoom bytes (all of them may be overwritten), and gives its size, or 0 where normalize_name would
// give an error. Same result as normalize_name, for every input (a test holds them together). Plain names
// touch no more of `out` than their own size and some 16 bytes. `text` may be read up to 64 bytes past its
// end; the bytes there do not matter. REQUIRES: those 64 bytes are readable.
inline constexpr size_t kNormalizeRoom = kNameTextSizeMax + 64;
size_t normalize_padded_name(std::string_view text, char* out);

// Whether `name` (normal form) is an IPv4 address in dotted form ("10.0.0.1"): such a text names no domain.
bool is_ipv4_text(std::string_view name);

// The name one label up, or "" above the last label: "a.b.c" -> "b.c" -> "c" -> "".
std::string_view parent_name(std::string_view normal_name);

// Whether `name` equals `ancestor` or lies below it, on label boundaries. Both in normal form.
bool is_equal_or_below(std::string_view name, std::string_view ancestor);

}  // namespace querymark
