// SPDX-License-Identifier: Apache-2.0
// Any text: every host name in it, bare, in a URL or in a mail address, defanged or not. Comment lines hold
// none.
#include <algorithm>
#include <array>

#include "lists/ascii.h"
#include "lists/host_text.h"
#include "lists/line_reader.h"

namespace querymark {
namespace {

constexpr ByteSet kUrlEnds = ByteSet("\"<>|,;`^").add_range(0, ' ');
constexpr ByteSet kAfterHost("/?#\\");
constexpr ByteSet kSignBeginnings("@:[({");  // of what scheme_end_size and at_sign_size know

// Top-level domains that are commoner as the extension of a file in running text.
constexpr std::string_view kFileExtensions[] = {"app", "cab", "md", "mov", "pl", "ps",
                                                "pub", "py",  "rs", "sh",  "so", "zip"};

// The line as far as a '#' that stands alone between blanks.
std::string_view cut_comment(std::string_view line) {
  for (size_t at = line.find('#', 1); at != std::string_view::npos; at = line.find('#', at + 1))
    if (is_blank(line[at - 1]) && (at + 1 == line.size() || is_blank(line[at + 1])))
      return line.substr(0, at);
  return line;
}

// Size of the punctuation mark beyond ASCII that `text` begins with: Latin-1's, general punctuation and
// symbols, CJK's and the full-width ones, but the full stops that separate labels, and the joiners that stand
// in them.
size_t punctuation_size(std::string_view text) {
  const auto byte = [text](size_t i) { return static_cast<unsigned char>(i < text.size() ? text[i] : 0); };
  if (byte(0) == 0xC2) return 2;
  if (byte(0) == 0xE2) {
    const bool joiner = byte(1) == 0x80 && (byte(2) == 0x8C || byte(2) == 0x8D);
    return byte(1) <= 0xAF && !joiner ? 3 : 0;
  }
  if (byte(0) == 0xE3) return byte(1) == 0x80 && byte(2) != 0x82 ? 3 : 0;
  if (byte(0) == 0xEF && byte(1) == 0xBC)
    return byte(2) != 0x8E && (byte(2) <= 0x8F || (byte(2) >= 0x9A && byte(2) <= 0xA0)) ? 3 : 0;
  if (byte(0) == 0xF0 && byte(1) == 0x9F) return 4;
  return 0;
}

// What one look at a name's bytes tells.
enum NameTraits : uint8_t { kInName = 1, kDot = 2, kNonAscii = 4, kTwoDots = 8 };

constexpr std::array<uint8_t, 256> make_traits() {
  std::array<uint8_t, 256> traits{};
  for (size_t byte = 0; byte < traits.size(); ++byte) {
    if (kNameBytes.has(static_cast<char>(byte))) traits[byte] = byte < 0x80 ? kInName : kInName | kNonAscii;
  }
  traits['.'] |= kDot;
  return traits;
}
constexpr std::array<uint8_t, 256> kTraits = make_traits();

struct NameBytes {
  size_t end;
  uint8_t traits;  // NameTraits of all of them
};
NameBytes scan_name_bytes(std::string_view text, size_t begin) {
  static_assert(kTwoDots == kDot << 2);
  NameBytes scanned{begin, 0};
  uint8_t last = 0;
  while (scanned.end < text.size()) {
    const uint8_t next = kTraits[static_cast<unsigned char>(text[scanned.end])];
    if (next == 0) break;
    scanned.traits |= static_cast<uint8_t>(next | (next & last & kDot) << 2);
    last = next;
    ++scanned.end;
  }
  return scanned;
}

// Whether the text has more than one label: a dot, or a full stop that separates labels beyond ASCII.
bool has_separator(std::string_view text) {
  constexpr auto kNone = std::string_view::npos;
  return text.find('.') != kNone || text.find("\u3002") != kNone || text.find("\uFF0E") != kNone ||
         text.find("\uFF61") != kNone;
}

// Whether the last label could be a top-level domain: letters, an A-label or beyond ASCII.
bool ends_like_a_name(std::string_view name) {
  size_t begin = name.size();
  bool letters = true;
  while (begin > 0 && name[begin - 1] != '.') {
    --begin;
    letters &= is_letter(name[begin]) || !is_ascii(name[begin]);
  }
  const std::string_view label = name.substr(begin);
  return label.size() >= 2 && (letters || starts_with_any_case(label, "xn--"));
}

// Whether a word of prose, not another name, stands beside a text: it ends at the end of `before` or begins
// at the beginning of `after`, with blanks, brackets and single quotes between.
constexpr ByteSet kProseMarks(" ()[]`'");

bool ends_with_word(std::string_view before) {
  while (!before.empty() && kProseMarks.has(before.back())) before.remove_suffix(1);
  size_t begin = before.size();
  while (begin > 0 && is_letter(before[begin - 1])) --begin;
  return begin < before.size() && (begin == 0 || before[begin - 1] == ' ');
}

bool begins_with_word(std::string_view after) {
  after.remove_prefix(kProseMarks.find_other(after, 0));
  size_t end = 0;
  while (end < after.size() && is_letter(after[end])) ++end;
  if (end == 0) return false;
  return end == after.size() || after[end] == ' ' || (after[end] == '.' && end + 1 == after.size());
}

// A stretch of name bytes and defanged dots.
struct Token {
  std::string_view text;
  size_t begin;
  size_t end;
  uint8_t traits;
  bool defanged;
};

class TextLines final : public LineReader {
 public:
  explicit TextLines(EntryWriter& writer) : writer_(writer) {}

  void line(std::string_view line, uint64_t /*number*/) override {
    if (is_comment_line(line)) return;
    line_ = cut_comment(line);
    for (size_t at = kNameBytes.find(line_, 0); at < line_.size(); at = kNameBytes.find(line_, at))
      at = read_token(at);
  }

 private:
  // Reads what begins with the name byte at `begin`, and gives where to go on.
  size_t read_token(size_t begin) {
    const Token token = take_token(begin);
    const std::string_view after = line_.substr(token.end);
    if (!after.empty() && kSignBeginnings.has(after[0])) {
      if (const size_t size = scheme_end_size(after); size != 0) {
        read_before_scheme(token);
        return read_url(begin, token.end + size);
      }
      if (const size_t size = at_sign_size(after); size != 0) return token.end + size;
    }
    const std::string_view before = line_.substr(0, begin);
    if (before.ends_with("//")) return read_url(begin, begin);
    if (before.ends_with('/') || before.ends_with('\\')) return url_end(token.end);  // a path

    if ((token.traits & (kDot | kNonAscii)) == 0) return token.end;
    read_name(token);
    return !after.empty() && kAfterHost.has(after[0]) ? url_end(token.end) : token.end;
  }

  Token take_token(size_t begin) {
    const NameBytes first = scan_name_bytes(line_, begin);
    size_t dot = dot_size(first.end);
    if (dot == 0) return {line_.substr(begin, first.end - begin), begin, first.end, first.traits, false};

    std::string plain(line_.substr(begin, first.end - begin));
    uint8_t traits = first.traits | kDot;
    size_t end = first.end;
    while (dot != 0) {
      const NameBytes next = scan_name_bytes(line_, end + dot);
      plain.append(1, '.').append(line_.substr(end + dot, next.end - end - dot));
      traits |= next.traits;
      end = next.end;
      dot = dot_size(end);
    }
    if (plain.find("..") != std::string::npos) traits |= kTwoDots;
    return {token_text_.keep(plain), begin, end, traits, true};
  }

  // Size of the defanged dot at `at`, if there is one.
  size_t dot_size(size_t at) const {
    const bool possible = at < line_.size() && kSignBeginnings.has(line_[at]);
    return possible ? defanged_dot_size(line_.substr(at)) : 0;
  }

  size_t url_end(size_t at) const { return kUrlEnds.find(line_, at); }

  size_t read_url(size_t begin, size_t authority_begin) {
    const size_t end = url_end(authority_begin);
    std::string_view host =
        host_text_.host_of_authority(line_.substr(authority_begin, end - authority_begin));
    const size_t bracket = host.starts_with('[') ? host.find(']') : std::string_view::npos;
    host = host.substr(0, bracket != std::string_view::npos ? bracket + 1 : kNameBytes.find_other(host, 0));
    if (!host.empty()) writer_.add({host, EntryScope::kExact, line_.substr(begin, end - begin)});
    return end;
  }

  // "See evil.com.http://bad.net": a name may stand right before a scheme.
  void read_before_scheme(Token token) {
    const size_t dot = token.text.rfind('.');
    if (dot == std::string_view::npos) return;
    token.text = token.text.substr(0, dot);
    read_name(token);
  }

  void read_name(const Token& token) {
    std::string_view name = token.text;
    const bool wildcard = name.starts_with('.') && token.begin > 0 && line_[token.begin - 1] == '*';
    const EntryScope scope = wildcard ? EntryScope::kSubtree : EntryScope::kExact;
    if ((token.traits & kNonAscii) == 0) {
      if ((token.traits & kTwoDots) != 0) return read_ascii_names(name, scope, token);
      return read_ascii_name(trim_marks(name), scope, token);
    }

    // Punctuation beyond ASCII may stand beside a name, and letters of a script that is written without
    // blanks.
    if (try_parts(name, scope, &punctuation_size)) return;
    if (try_parts(name, scope, [](std::string_view text) { return size_t{is_ascii(text[0]) ? 0U : 1U}; }))
      return;
    name = trim_marks(name);
    if (name.find('.') != std::string_view::npos && ends_like_a_name(name)) writer_.add(name, scope);
  }

  // Whether a part of `text`, which is cut where `separator_size` says, was an entry.
  template <typename SeparatorSize>
  bool try_parts(std::string_view text, EntryScope scope, SeparatorSize separator_size) {
    bool found = false;
    size_t begin = 0;
    for (size_t at = 0; at <= text.size();) {
      const size_t size = at == text.size() ? 1 : separator_size(text.substr(at));
      if (size != 0) {
        const std::string_view part = trim_marks(text.substr(begin, at - begin));
        found |= has_separator(part) && writer_.add_if_valid({part, scope, part});
        begin = at + size;
      }
      at += std::max(size, size_t{1});
    }
    return found;
  }

  // "wait...evil.com" holds a name after the dots.
  void read_ascii_names(std::string_view text, EntryScope scope, const Token& token) {
    for (;;) {
      const size_t dots = text.find("..");
      read_ascii_name(trim_marks(text.substr(0, dots)), scope, token);
      if (dots == std::string_view::npos) return;
      text.remove_prefix(dots + 2);
    }
  }

  void read_ascii_name(std::string_view name, EntryScope scope, const Token& token) {
    if (name.find('.') == std::string_view::npos) return;
    if (!ends_like_a_name(name)) {
      if (is_ip_address(name)) writer_.skip(name, SkipReason::kIpAddress);
      return;  // a number, a version, a date
    }
    if (!token.defanged && is_file_name(name, token)) return writer_.skip(name, SkipReason::kNotHostName);
    writer_.add(name, scope);
  }

  // "update.zip" in a sentence is a file; alone on its line or in its column it is a domain.
  bool is_file_name(std::string_view name, const Token& token) const {
    const size_t dot = name.find('.');
    const std::string_view after = line_.substr(token.end);
    if (name.find('.', dot + 1) != std::string_view::npos || after.starts_with('/')) return false;
    const std::string_view extension = name.substr(dot + 1);
    const bool known = std::any_of(std::begin(kFileExtensions), std::end(kFileExtensions),
                                   [extension](std::string_view e) { return equals_any_case(extension, e); });
    return known && (ends_with_word(line_.substr(0, token.begin)) || begins_with_word(after));
  }

  // Without the marks that stand beside names: dots and hyphens, and underscores that enclose it.
  static std::string_view trim_marks(std::string_view name) {
    while (!name.empty() && (name.back() == '.' || name.back() == '-' || name.back() == '_')) {
      if (name.back() == '_' && name.front() == '_') name.remove_prefix(1);
      if (!name.empty()) name.remove_suffix(1);
    }
    while (!name.empty() && (name.front() == '.' || name.front() == '-')) name.remove_prefix(1);
    return name;
  }

  EntryWriter& writer_;
  std::string_view line_;
  PaddedText token_text_;
  PaddedText host_text_;
};

}  // namespace

std::unique_ptr<LineReader> make_text_lines(EntryWriter& writer) {
  return std::make_unique<TextLines>(writer);
}

}  // namespace querymark
