// SPDX-License-Identifier: Apache-2.0
// unbound's "local-zone: NAME TYPE" (the name and all below it) and "local-data: 'NAME … A …'" (the name).
// Other settings of such a file say nothing about names.
#include <algorithm>
#include <iterator>

#include "lists/ascii.h"
#include "lists/line_reader.h"

namespace querymark {
namespace {

// Zones that are answered as if they were not there: names excepted from a zone above them.
constexpr std::string_view kExceptionTypes[] = {"transparent", "typetransparent", "always_transparent",
                                                "nodefault"};
constexpr std::string_view kBlockingTypes[] = {
    "always_null", "always_nxdomain", "always_nodata", "always_refuse", "always_deny",
    "static",      "refuse",          "redirect",      "deny",          "inform",
    "inform_deny", "inform_redirect", "block_a"};

template <size_t kSize>
bool is_one_of(std::string_view word, const std::string_view (&words)[kSize]) {
  return std::find(std::begin(words), std::end(words), word) != std::end(words);
}

// The value after `key`, if the line sets it.
bool take_key(std::string_view& line, std::string_view key) {
  if (!starts_with_any_case(line, key)) return false;
  line = trim_left(line.substr(key.size()));
  return true;
}

// A value in quotes or up to a blank, without the quotes.
std::string_view take_value(std::string_view& rest) {
  rest = trim_left(rest);
  if (rest.empty() || (rest[0] != '"' && rest[0] != '\'')) return take_field(rest);
  const size_t end = std::min(rest.find(rest[0], 1), rest.size());
  const std::string_view value = rest.substr(1, end - 1);
  rest.remove_prefix(std::min(end + 1, rest.size()));
  return value;
}

class UnboundLines final : public LineReader {
 public:
  explicit UnboundLines(EntryWriter& writer) : writer_(writer) {}

  void line(std::string_view line, uint64_t /*number*/) override {
    line = trim_left(line);
    std::string_view rest = line;
    if (take_key(rest, "local-zone:")) return read_zone(line, rest);
    if (take_key(rest, "local-data:")) {
      std::string_view record = take_value(rest);
      writer_.add({take_field(record), EntryScope::kExact, line});
    }
  }

 private:
  void read_zone(std::string_view line, std::string_view rest) {
    const ListName name{take_value(rest), EntryScope::kSubtree, line};
    const std::string_view type = take_value(rest);
    if (is_one_of(type, kExceptionTypes)) return writer_.add_exception(name);
    if (is_one_of(type, kBlockingTypes)) return writer_.add(name);
    writer_.skip(line, SkipReason::kNotDomainRule);
  }

  EntryWriter& writer_;
};

}  // namespace

std::unique_ptr<LineReader> make_unbound_lines(EntryWriter& writer) {
  return std::make_unique<UnboundLines>(writer);
}

}  // namespace querymark
