// SPDX-License-Identifier: Apache-2.0
#include "aws/xml_reader.h"

#include <algorithm>
#include <charconv>
#include <cstdint>
#include <optional>

namespace querymark {
namespace {

constexpr std::string_view kBlanks = " \t\r\n";

void append_utf8(std::string& out, uint32_t code) {
  const auto tail = [&out](uint32_t bits) { out += static_cast<char>(0x80 | (bits & 0x3f)); };
  if (code < 0x80) {
    out += static_cast<char>(code);
  } else if (code < 0x800) {
    out += static_cast<char>(0xc0 | code >> 6);
    tail(code);
  } else if (code < 0x10000) {
    out += static_cast<char>(0xe0 | code >> 12);
    tail(code >> 6);
    tail(code);
  } else {
    out += static_cast<char>(0xf0 | code >> 18);
    tail(code >> 12);
    tail(code >> 6);
    tail(code);
  }
}

// `name`: what stands between "&" and ";".
bool append_entity(std::string& out, std::string_view name) {
  static constexpr struct {
    std::string_view name;
    char character;
  } kEntities[] = {{"amp", '&'}, {"lt", '<'}, {"gt", '>'}, {"quot", '"'}, {"apos", '\''}};
  for (const auto& entity : kEntities) {
    if (name == entity.name) {
      out += entity.character;
      return true;
    }
  }
  if (!name.starts_with('#')) return false;
  const bool hex = name.starts_with("#x");
  name.remove_prefix(hex ? 2 : 1);
  uint32_t code = 0;
  const auto [end, error] = std::from_chars(name.data(), name.data() + name.size(), code, hex ? 16 : 10);
  const bool is_character = code != 0 && code <= 0x10ffff && (code < 0xd800 || code > 0xdfff);
  if (error != std::errc() || end != name.data() + name.size() || !is_character) return false;
  append_utf8(out, code);
  return true;
}

class Parser {
 public:
  explicit Parser(std::string_view text) : text_(text) {}

  Result<XmlElement> parse() {
    if (text_.starts_with("\xef\xbb\xbf")) at_ = 3;
    std::string outside;
    if (!pass_content(outside)) return error();
    if (!blank(outside) || !at_tag()) return fail("no root element"), error();
    XmlElement root;
    if (!parse_element(root, 1)) return error();
    outside.clear();
    if (!pass_content(outside)) return error();
    if (!blank(outside) || at_ != text_.size()) return fail("something after the root element"), error();
    return root;
  }

 private:
  static bool blank(std::string_view text) {
    return text.find_first_not_of(kBlanks) == std::string_view::npos;
  }
  std::string_view rest() const { return text_.substr(at_); }
  bool at_tag() const { return rest().starts_with('<'); }
  bool fail(const char* why) {
    if (!why_) why_ = why;
    return false;
  }
  Error error() const {
    return Error::corrupt("XML, byte " + std::to_string(at_) + ": " + why_.value_or("broken"));
  }

  // Past the next `mark`.
  bool skip_past(std::string_view mark) {
    const size_t end = text_.find(mark, at_);
    if (end == std::string_view::npos) return fail("ends early");
    at_ = end + mark.size();
    return true;
  }

  // Text, comments and the like up to a tag or the end; the text is added to `out`.
  bool pass_content(std::string& out) {
    while (at_ < text_.size()) {
      if (!at_tag()) {
        if (!take_text(out)) return false;
      } else if (rest().starts_with("<!--")) {
        if (!skip_past("-->")) return false;
      } else if (rest().starts_with("<?")) {
        if (!skip_past("?>")) return false;
      } else if (rest().starts_with("<![CDATA[")) {
        const size_t begin = at_ + 9;
        if (!skip_past("]]>")) return false;
        out += text_.substr(begin, at_ - 3 - begin);
      } else if (rest().starts_with("<!")) {
        return fail("document type");
      } else {
        break;
      }
    }
    return true;
  }

  bool take_text(std::string& out) {
    const size_t end = std::min(text_.find('<', at_), text_.size());
    while (at_ < end) {
      const size_t ampersand = std::min(text_.find('&', at_), end);
      out += text_.substr(at_, ampersand - at_);
      at_ = ampersand;
      if (at_ == end) break;
      const size_t semicolon = text_.find(';', at_);
      if (semicolon >= end || !append_entity(out, text_.substr(at_ + 1, semicolon - at_ - 1))) {
        return fail("entity");
      }
      at_ = semicolon + 1;
    }
    return true;
  }

  // A name and whatever follows it up to ">", which is passed.
  bool take_tag(std::string& name, bool& is_empty) {
    const size_t end = std::min(text_.find_first_of(" \t\r\n/>", at_), text_.size());
    std::string_view qualified = text_.substr(at_, end - at_);
    if (qualified.empty() || qualified.find('<') != std::string_view::npos) return fail("tag without a name");
    at_ = end;
    qualified.remove_prefix(std::min(qualified.rfind(':') + 1, qualified.size()));
    if (qualified.empty() || qualified[0] == '!' || qualified[0] == '?') return fail("tag without a name");
    name = qualified;
    is_empty = false;
    while (at_ < text_.size() && text_[at_] != '>') {
      const char c = text_[at_++];
      if (c == '<') return fail("tag within a tag");
      is_empty = c == '/';
      if ((c == '"' || c == '\'') && !skip_past({&c, 1})) return false;
    }
    if (at_ == text_.size()) return fail("ends early");
    ++at_;
    return true;
  }

  bool parse_element(XmlElement& element, size_t depth) {
    if (depth > kXmlDepthMax) return fail("too deep");
    ++at_;
    bool is_empty = false;
    if (!take_tag(element.name, is_empty)) return false;
    if (is_empty) return true;
    for (;;) {
      if (!pass_content(element.text)) return false;
      if (at_ == text_.size()) return fail("ends early");
      if (rest().starts_with("</")) break;
      element.children.emplace_back();
      if (!parse_element(element.children.back(), depth + 1)) return false;
    }
    at_ += 2;
    std::string name;
    if (!take_tag(name, is_empty)) return false;
    return name == element.name || fail("end tag of another element");
  }

  std::string_view text_;
  size_t at_ = 0;
  std::optional<std::string> why_;
};

}  // namespace

const XmlElement* XmlElement::child(std::string_view child_name) const {
  const auto found = std::find_if(children.begin(), children.end(), [child_name](const XmlElement& element) {
    return element.name == child_name;
  });
  return found == children.end() ? nullptr : &*found;
}

std::string_view XmlElement::text_of(std::string_view child_name) const {
  const XmlElement* found = child(child_name);
  return found == nullptr ? std::string_view() : std::string_view(found->text);
}

Result<XmlElement> parse_xml(std::string_view text) {
  return Parser(text).parse();
}

std::string escape_xml(std::string_view text) {
  std::string out;
  for (const char c : text) {
    if (c == '&') {
      out += "&amp;";
    } else if (c == '<') {
      out += "&lt;";
    } else if (c == '>') {
      out += "&gt;";
    } else if (c == '"') {
      out += "&quot;";
    } else if (c == '\r') {
      out += "&#13;";
    } else {
      out += c;
    }
  }
  return out;
}

}  // namespace querymark
