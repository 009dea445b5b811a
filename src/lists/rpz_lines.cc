// SPDX-License-Identifier: Apache-2.0
// Response policy zones: "name CNAME ." and its like. Sources: RFC 1035 §5.1 (master files),
// draft-vixie-dnsop-dns-rpz (triggers and policies).
#include <algorithm>
#include <array>

#include "lists/ascii.h"
#include "lists/host_text.h"
#include "lists/line_reader.h"

namespace querymark {
namespace {

// Types of records that make a zone and say nothing about a trigger.
constexpr std::string_view kZoneTypes[] = {"soa",    "ns", "rrsig", "nsec",    "nsec3", "nsec3param",
                                           "dnskey", "ds", "cds",   "cdnskey", "zonemd"};
// Types of a policy: CNAME, or local data that the resolver answers instead.
constexpr std::string_view kPolicyTypes[] = {"cname", "a",   "aaaa", "txt",   "mx",    "dname", "srv",
                                             "ptr",   "caa", "svcb", "https", "naptr", "loc",   "hinfo"};

template <size_t kSize>
bool is_one_of(std::string_view word, const std::string_view (&words)[kSize]) {
  return std::any_of(std::begin(words), std::end(words),
                     [word](std::string_view known) { return equals_any_case(word, known); });
}

bool equal_names(std::string_view a, std::string_view b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                    [](char left, char right) { return ascii_lower(left) == ascii_lower(right); });
}

bool is_class_or_ttl(std::string_view token) {
  return is_digit(token[0]) || equals_any_case(token, "in") || equals_any_case(token, "ch") ||
         equals_any_case(token, "hs");
}

// What a line holds before its comment.
struct ZoneLine {
  static constexpr size_t kTokensMax =
      8;  // owner, TTL, class, type, target; the rest of a record decides nothing
  std::array<std::string_view, kTokensMax> tokens;
  size_t count = 0;
  int parentheses = 0;  // opened less closed
};

ZoneLine read_zone_line(std::string_view line) {
  constexpr ByteSet kTokenEnds(" \t\r\f\v();\"");
  ZoneLine read;
  size_t at = 0;
  while (at < line.size() && line[at] != ';') {
    if (is_blank(line[at]) || line[at] == '(' || line[at] == ')') {
      read.parentheses += line[at] == '(' ? 1 : line[at] == ')' ? -1 : 0;
      ++at;
      continue;
    }
    const bool quoted = line[at] == '"';
    const size_t end =
        quoted ? std::min(line.find('"', at + 1), line.size() - 1) + 1 : kTokenEnds.find(line, at);
    if (read.count < ZoneLine::kTokensMax) read.tokens[read.count++] = line.substr(at, end - at);
    at = end;
  }
  return read;
}

std::string_view without_last_dot(std::string_view name) {
  return name.ends_with('.') ? name.substr(0, name.size() - 1) : name;
}

// What stands before ".zone" of a name; the whole name where it is not of the zone.
std::string_view strip_zone(std::string_view name, std::string_view zone) {
  if (zone.empty() || name.size() <= zone.size()) return name;
  const size_t dot = name.size() - zone.size() - 1;
  return name[dot] == '.' && equal_names(name.substr(dot + 1), zone) ? name.substr(0, dot) : name;
}

class RpzLines final : public LineReader {
 public:
  explicit RpzLines(EntryWriter& writer) : writer_(writer) {}

  void line(std::string_view line, uint64_t number) override {
    const ZoneLine read = read_zone_line(line);
    const bool inside_record = parentheses_ > 0;
    parentheses_ = std::max(0, parentheses_ + read.parentheses);
    if (!inside_record) opened_at_ = number;
    if (inside_record || read.count == 0) return;
    if (read.tokens[0].starts_with('$')) return read_directive(line, read);
    read_record(line, read, is_blank(line[0]));
  }

  void finish() override {
    if (parentheses_ > 0)
      fail("line " + std::to_string(opened_at_) + ": the record has a parenthesis that is not closed");
  }

 private:
  void read_directive(std::string_view line, const ZoneLine& read) {
    if (equals_any_case(read.tokens[0], "$origin") && read.count > 1)
      set_origin(read.tokens[1]);
    else if (!equals_any_case(read.tokens[0], "$ttl"))
      writer_.skip(line, SkipReason::kNotDomainRule);
  }

  void set_origin(std::string_view name) {
    origin_ = absolute(name);
    if (zone_.empty()) zone_ = origin_;
  }

  // The name with the origin it is relative to, if it is.
  std::string absolute(std::string_view name) const {
    std::string text(without_last_dot(name));
    if (!name.ends_with('.') && !origin_.empty()) text += "." + origin_;
    return text;
  }

  void read_record(std::string_view line, const ZoneLine& read, bool owner_inherited) {
    size_t at = owner_inherited ? 0 : 1;
    while (at < read.count && is_class_or_ttl(read.tokens[at])) ++at;
    const std::string_view type = at < read.count ? read.tokens[at] : std::string_view();
    const std::string_view target = at + 1 < read.count ? read.tokens[at + 1] : std::string_view();

    if (!owner_inherited) set_owner(read.tokens[0], equals_any_case(type, "soa"));
    if (owner_.empty() || is_one_of(type, kZoneTypes)) return;
    if (target.empty() || !is_one_of(type, kPolicyTypes))
      return writer_.skip(trim(line), SkipReason::kNotDomainRule);
    read_policy(trim(line), equals_any_case(type, "cname") ? target : std::string_view());
  }

  void set_owner(std::string_view name, bool is_zone) {
    if (is_zone) {
      zone_ = name == "@" ? origin_ : absolute(name);
      if (origin_.empty()) origin_ = zone_;
    }
    const bool of_zone = name.ends_with('.') || origin_ == zone_;
    const std::string_view full = owner_text_.keep(of_zone ? without_last_dot(name) : absolute(name));
    const bool apex = is_zone || name == "@" || equal_names(full, zone_);
    owner_ = apex ? std::string_view() : strip_zone(full, zone_);
  }

  // `target`: of a CNAME; empty for local data.
  void read_policy(std::string_view line, std::string_view target) {
    const std::string_view last_label = owner_.substr(owner_.rfind('.') + 1);
    const bool wildcard = owner_.starts_with("*.");
    const std::string_view name = wildcard ? owner_.substr(2) : owner_;
    // rpz-client-ip, rpz-ip, rpz-nsip, rpz-nsdname: about addresses and name servers, not about names asked
    // for.
    if (starts_with_any_case(last_label, "rpz-") || name.find('*') != std::string_view::npos)
      return writer_.skip(line, SkipReason::kNotDomainRule);

    const ListName entry{name, wildcard ? EntryScope::kSubtree : EntryScope::kExact, line};
    const std::string_view policy = without_last_dot(target);
    // A CNAME to the name itself is how passthru was written first.
    if (equals_any_case(policy, "rpz-passthru") || (!policy.empty() && equal_names(policy, owner_)))
      writer_.add_exception(entry);
    else
      writer_.add(entry);
  }

  EntryWriter& writer_;
  std::string zone_;    // without its last dot; empty while unknown
  std::string origin_;  // as zone_
  PaddedText owner_text_;
  std::string_view owner_;  // of the last record, less the zone; empty for the zone itself
  int parentheses_ = 0;     // that are open
  uint64_t opened_at_ = 0;  // line of the first of them
};

}  // namespace

std::unique_ptr<LineReader> make_rpz_lines(EntryWriter& writer) {
  return std::make_unique<RpzLines>(writer);
}

}  // namespace querymark
