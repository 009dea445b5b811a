// SPDX-License-Identifier: Apache-2.0
#include "psl/suffix_rules.h"

#include <algorithm>
#include <optional>

#include "dns/domain_name.h"

namespace querymark {
namespace {

constexpr std::string_view kBlanks = " \t\r";

std::string_view trim(std::string_view text) {
  const size_t begin = text.find_first_not_of(kBlanks);
  if (begin == std::string_view::npos) return {};
  return text.substr(begin, text.find_last_not_of(kBlanks) - begin + 1);
}

bool is_host_name_byte(char c) {
  return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '_' || c == '.';
}

// The rule that a line's text is; or why it is none.
struct ParsedRule {
  SuffixRule rule;
  std::string_view fault;  // empty where the rule is one
};

ParsedRule parse_rule(std::string_view text, SuffixSection section) {
  ParsedRule parsed{{"", SuffixRuleKind::kNormal, section}, ""};
  if (text.starts_with("!")) {
    parsed.rule.kind = SuffixRuleKind::kException;
    text.remove_prefix(1);
  } else if (text.starts_with("*.")) {
    parsed.rule.kind = SuffixRuleKind::kWildcard;
    text.remove_prefix(2);
  }
  const DomainName name = normalize_name(text);
  parsed.rule.name = name.text();
  if (!name.ok()) {
    parsed.fault = to_string(name.error());
  } else if (text.front() == '.' || text.back() == '.') {
    parsed.fault = to_string(NameError::kEmptyLabel);
  } else if (text == "*") {
    parsed.fault = "there is no default rule";
  } else if (!std::all_of(name.text().begin(), name.text().end(), is_host_name_byte)) {
    parsed.fault = "a byte that no host name has";
  } else if (parsed.rule.kind == SuffixRuleKind::kException && parent_name(name.text()).empty()) {
    parsed.fault = "an exception of a single label";
  }
  return parsed;
}

std::string content_hash(std::string_view text) {  // FNV-1a
  uint64_t hash = 0xCBF29CE484222325;
  for (const char c : text) hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001B3;
  std::string digits;
  for (int shift = 60; shift >= 0; shift -= 4) digits += "0123456789abcdef"[(hash >> shift) & 15];
  return digits;
}

class Parser {
 public:
  Parser(std::string_view text, std::string_view origin) : text_(text), origin_(origin) {}

  Result<SuffixRules> parse() {
    if (text_.size() > kSuffixListSizeMax)
      return Error::limit(std::string(origin_) + ": suffix list too long");
    std::string_view rest = text_;
    if (rest.starts_with("\xEF\xBB\xBF")) rest.remove_prefix(3);
    while (!rest.empty()) {
      const size_t end = std::min(rest.find('\n'), rest.size());
      ++line_;
      if (Result<void> read = parse_line(trim(rest.substr(0, end))); !read) return read.error();
      rest.remove_prefix(std::min(end + 1, rest.size()));
    }
    if (open_section_) return fault("a section begins and does not end: the list is cut short");
    if (rules_.rules.empty()) return Error::invalid(std::string(origin_) + ": no suffix rule");
    if (rules_.version.empty()) rules_.version = "unversioned-" + content_hash(text_);
    return std::move(rules_);
  }

 private:
  Result<void> parse_line(std::string_view line) {
    if (line.starts_with("//")) {
      parse_comment(trim(line.substr(2)));
      return {};
    }
    const std::string_view token = line.substr(0, line.find_first_of(kBlanks));
    if (token.empty()) return {};
    ParsedRule parsed = parse_rule(token, open_section_.value_or(SuffixSection::kIcann));
    if (!parsed.fault.empty()) return fault("no suffix rule: " + std::string(parsed.fault));
    rules_.rules.push_back(std::move(parsed.rule));
    return {};
  }

  void parse_comment(std::string_view comment) {
    constexpr std::string_view kVersion = "VERSION:";
    if (comment == "===BEGIN ICANN DOMAINS===") open_section_ = SuffixSection::kIcann;
    if (comment == "===BEGIN PRIVATE DOMAINS===") open_section_ = SuffixSection::kPrivate;
    if (comment == "===END ICANN DOMAINS===" || comment == "===END PRIVATE DOMAINS===") open_section_.reset();
    if (rules_.version.empty() && comment.starts_with(kVersion))
      rules_.version = trim(comment.substr(kVersion.size()));
  }

  Error fault(std::string what) const {
    return Error::invalid(std::string(origin_) + ":" + std::to_string(line_) + ": " + std::move(what));
  }

  std::string_view text_;
  std::string_view origin_;
  SuffixRules rules_;
  std::optional<SuffixSection> open_section_;
  uint64_t line_ = 0;
};

}  // namespace

Result<SuffixRules> parse_suffix_rules(std::string_view text, std::string_view origin) {
  return Parser(text, origin).parse();
}

}  // namespace querymark
