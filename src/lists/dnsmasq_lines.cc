// SPDX-License-Identifier: Apache-2.0
// dnsmasq's "address=/name/…", "server=/name/…", "local=/name/": the names and all below them. Other settings
// of such a file say nothing about names.
#include "lists/ascii.h"
#include "lists/host_text.h"
#include "lists/line_reader.h"

namespace querymark {
namespace {

// The value of a setting that names domains ("/name/name/target"); empty for any other line.
std::string_view find_domains_value(std::string_view line) {
  if (line.starts_with("--")) line.remove_prefix(2);
  const size_t equals = line.find('=');
  if (equals == std::string_view::npos) return {};
  const std::string_view key = trim(line.substr(0, equals));
  const std::string_view value = trim_left(line.substr(equals + 1));
  const bool known = key == "address" || key == "server" || key == "local";
  return known && value.starts_with('/') ? value : std::string_view();
}

class DnsmasqLines final : public LineReader {
 public:
  explicit DnsmasqLines(EntryWriter& writer) : writer_(writer) {}

  void line(std::string_view line, uint64_t /*number*/) override {
    line = trim(line.substr(0, line.find(" #")));
    std::string_view value = find_domains_value(line);
    if (value.empty()) return;
    const size_t last_slash = value.rfind('/');
    if (last_slash == 0) return writer_.skip(line, SkipReason::kNotDomainRule);
    // "server=/name/#" sends the name to the ordinary servers: it is excepted from a rule above it.
    const bool exception = value.substr(last_slash + 1) == "#" && line.find("server") < line.find('=');
    value = value.substr(1, last_slash - 1);
    for (;;) {
      const size_t slash = value.find('/');
      read_domain(value.substr(0, slash), exception);
      if (slash == std::string_view::npos) return;
      value.remove_prefix(slash + 1);
    }
  }

 private:
  void read_domain(std::string_view name, bool exception) {
    const std::string_view stood = name;
    if (name.starts_with("*.")) name.remove_prefix(2);
    if (name.empty() || name == "#" || name.find('*') != std::string_view::npos)
      return writer_.skip(stood, SkipReason::kNotDomainRule);
    if (exception)
      writer_.add_exception({name, EntryScope::kSubtree, stood});
    else
      writer_.add({name, EntryScope::kSubtree, stood});
  }

  EntryWriter& writer_;
};

}  // namespace

std::unique_ptr<LineReader> make_dnsmasq_lines(EntryWriter& writer) {
  return std::make_unique<DnsmasqLines>(writer);
}

}  // namespace querymark
