// SPDX-License-Identifier: Apache-2.0
#include "dns/domain_name.h"

#include <idn2.h>

#include <algorithm>
#include <cstring>
#include <memory>
#include <optional>

namespace querymark {
namespace {

// Longer labels are not tried as U-labels. No name of a real list comes near it; a bound keeps hostile ones
// cheap.
constexpr size_t kConvertibleSizeMax = 1024;

char lower(char c) {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c | 0x20) : c;
}

bool is_octal(char c) {
  return c >= '0' && c <= '7';
}

bool is_non_ascii(char c) {
  return (static_cast<unsigned char>(c) & 0x80) != 0;
}

// Size of the ideographic, full-width or half-width full stop (U+3002, U+FF0E, U+FF61) that `text` begins
// with.
size_t full_stop_size(std::string_view text) {
  for (const std::string_view stop : {"\xE3\x80\x82", "\xEF\xBC\x8E", "\xEF\xBD\xA1"})
    if (text.starts_with(stop)) return stop.size();
  return 0;
}

size_t separator_size(std::string_view text) {
  return text[0] == '.' ? 1 : full_stop_size(text);
}

// The byte at the beginning of `text` and how many characters it is written with. REQUIRES: no separator
// there.
struct WrittenByte {
  char byte;
  size_t size;
};
WrittenByte read_byte(std::string_view text) {
  if (text[0] != '\\') return {lower(text[0]), 1};
  if (text.size() >= 2 && text[1] == '.') return {'.', 2};
  if (text.size() >= 4 && text[1] <= '3' && is_octal(text[1]) && is_octal(text[2]) && is_octal(text[3])) {
    const int value = (text[1] - '0') * 64 + (text[2] - '0') * 8 + (text[3] - '0');
    return {lower(static_cast<char>(value)), 4};
  }
  return {'\\', 1};
}

// The A-label (or plain ASCII label) that UTS 46 makes of the label; nothing where it makes none that could
// stand as one label of a name.
std::optional<std::string> convert_label(const std::string& label) {
  if (label.find('\0') != std::string::npos) return std::nullopt;
  uint8_t* found = nullptr;
  const int status =
      idn2_lookup_u8(reinterpret_cast<const uint8_t*>(label.c_str()), &found, IDN2_NONTRANSITIONAL);
  const std::unique_ptr<uint8_t, decltype(&idn2_free)> owner(found, &idn2_free);
  if (status != IDN2_OK) return std::nullopt;
  std::string converted(reinterpret_cast<const char*>(found));
  if (converted.empty() || converted.size() > kLabelSizeMax || converted.find('.') != std::string::npos)
    return std::nullopt;
  std::transform(converted.begin(), converted.end(), converted.begin(), lower);
  return converted;
}

// A normal form that grows label by label, until one is too much.
class NormalForm {
 public:
  void add_label(std::string_view label) {
    if (error_ != NameError::kNone) return;
    size_ += label.size() + (text_.empty() ? 0 : 1);
    if (label.size() > kLabelSizeMax) error_ = NameError::kLabelTooLong;
    if (size_ > kNameSizeMax) error_ = NameError::kNameTooLong;
    if (error_ != NameError::kNone) return;
    if (!text_.empty()) text_ += '.';
    for (size_t i = 0; i < label.size(); ++i) write(label[i], must_be_escaped(label.substr(i)));
  }

  NameError error() const { return error_; }
  const std::string& text() const { return text_; }

 private:
  static bool must_be_escaped(std::string_view rest) {
    return rest[0] == '.' || rest[0] == '\\' || full_stop_size(rest) != 0;
  }

  void write(char c, bool escaped) {
    if (!escaped) {
      text_ += c;
      return;
    }
    const auto byte = static_cast<unsigned char>(c);
    text_ += '\\';
    for (const int shift : {6, 3, 0}) text_ += static_cast<char>('0' + ((byte >> shift) & 7));
  }

  std::string text_;
  size_t size_ = 0;  // in the DNS: an escape is one byte
  NameError error_ = NameError::kNone;
};

// The two forms a name may have: with A-labels, and, where that does not fit, with its labels' own bytes.
struct NormalForms {
  NormalForm converted;
  NormalForm as_given;

  NameError add_label(const std::string& label) {
    if (label.empty()) return NameError::kEmptyLabel;
    std::optional<std::string> a_label;
    if (std::any_of(label.begin(), label.end(), is_non_ascii)) a_label = convert_label(label);
    converted.add_label(a_label ? *a_label : label);
    as_given.add_label(label);
    return best().error();
  }

  const NormalForm& best() const { return converted.error() == NameError::kNone ? converted : as_given; }
};

// Feeds the labels of `text` to `forms`, from the left.
NameError read_name(std::string_view text, NormalForms& forms) {
  if (!text.empty()) text.remove_prefix(separator_size(text));
  std::string label;
  while (!text.empty()) {
    const size_t separator = separator_size(text);
    if (separator == 0) {
      const WrittenByte next = read_byte(text);
      label += next.byte;
      if (label.size() > kConvertibleSizeMax) return NameError::kLabelTooLong;
      text.remove_prefix(next.size);
      continue;
    }
    size_t end = separator;  // of all separators that follow each other
    while (end < text.size() && separator_size(text.substr(end)) != 0)
      end += separator_size(text.substr(end));
    if (end == text.size()) break;
    if (end != separator) return NameError::kEmptyLabel;
    if (const NameError error = forms.add_label(label); error != NameError::kNone) return error;
    label.clear();
    text.remove_prefix(separator);
  }
  if (label.empty() && forms.as_given.text().empty()) return NameError::kEmpty;
  return forms.add_label(label);
}

}  // namespace

std::string_view to_string(NameError error) {
  switch (error) {
    case NameError::kNone:
      return "no error";
    case NameError::kEmpty:
      return "empty";
    case NameError::kEmptyLabel:
      return "empty label";
    case NameError::kLabelTooLong:
      return "label too long";
    case NameError::kNameTooLong:
      return "name too long";
  }
  return "";
}

DomainName normalize_name(std::string_view text) {
  NormalForms forms;
  DomainName name;
  name.error_ = read_name(text, forms);
  if (name.ok()) {
    const std::string& normal = forms.best().text();
    name.size_ = static_cast<uint16_t>(normal.size());
    std::memcpy(name.text_, normal.data(), normal.size());
  }
  return name;
}

bool is_ipv4_text(std::string_view name) {
  int numbers = 0;
  for (;;) {
    size_t digits = 0;
    int value = 0;
    while (digits < name.size() && digits < 3 && name[digits] >= '0' && name[digits] <= '9')
      value = value * 10 + (name[digits++] - '0');
    if (digits == 0 || value > 255) return false;
    name.remove_prefix(digits);
    if (++numbers == 4) return name.empty();
    if (name.empty() || name[0] != '.') return false;
    name.remove_prefix(1);
  }
}

std::string_view parent_name(std::string_view normal_name) {
  const size_t dot = normal_name.find('.');
  return dot == std::string_view::npos ? std::string_view() : normal_name.substr(dot + 1);
}

bool is_equal_or_below(std::string_view name, std::string_view ancestor) {
  if (!name.ends_with(ancestor)) return false;
  if (name.size() == ancestor.size()) return true;
  return !ancestor.empty() && name[name.size() - ancestor.size() - 1] == '.';
}

}  // namespace querymark
