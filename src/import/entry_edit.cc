// SPDX-License-Identifier: Apache-2.0
#include "import/entry_edit.h"

#include <algorithm>

#include "dns/domain_name.h"

namespace querymark {
namespace {

// Names in the order that an update wants.
class GivenEntries final : public EntryStream {
 public:
  GivenEntries(std::vector<std::string> names, EntryScope scope, bool allow)
      : names_(std::move(names)), scope_(scope), allow_(allow) {
    std::sort(names_.begin(), names_.end());
    names_.erase(std::unique(names_.begin(), names_.end()), names_.end());
  }

  Result<std::optional<TableEntry>> next() override {
    if (next_ == names_.size()) return std::optional<TableEntry>();
    return std::optional<TableEntry>({.name = names_[next_++], .scope = scope_, .allow = allow_});
  }

 private:
  std::vector<std::string> names_;
  EntryScope scope_;
  bool allow_;
  size_t next_ = 0;
};

// Nothing where the name may be an entry; notes what it will not do.
Result<void> check_name(const std::string& name, const std::string& text, const EntryEdit& edit,
                        const SuffixTable& suffixes, std::vector<std::string>& warnings) {
  if (is_ipv4_text(name)) return Error::invalid(text + ": an IP address, not a domain name");
  const SuffixMatch match = suffixes.find(name);
  if (!match.found) return Error::invalid(text + ": no valid top-level domain");
  const bool is_suffix = match.suffix_begin == 0;
  if (is_suffix && match.section == SuffixSection::kIcann && !edit.force)
    return Error::invalid(text + ": would stand for a whole top-level suffix; --force takes it");
  if (is_suffix)
    warnings.push_back(name + " is a public suffix: with --match registered it matches that bare name alone");
  const bool is_registrable = match.registrable_begin == 0;
  if (!is_registrable && edit.keep == EntryKeep::kListed && !edit.allow)
    warnings.push_back(name +
                       " is no first-level domain: kept as listed it matches only with --match listed");
  if (!is_registrable && edit.allow)
    warnings.push_back(name + " is no first-level domain: it allows only with --match listed");
  return {};
}

}  // namespace

Result<std::vector<std::string>> normal_names(const std::vector<std::string>& texts) {
  std::vector<std::string> names;
  for (const std::string& text : texts) {
    const DomainName name = normalize_name(text);
    if (!name.ok()) return Error::invalid(text + ": no domain name: " + std::string(to_string(name.error())));
    names.emplace_back(name.text());
  }
  return names;
}

Result<EntryEditOutcome> add_entries(const EntryEdit& edit, const SuffixTable& suffixes, DomainTable& table) {
  Result<std::vector<std::string>> names = normal_names(edit.names);
  if (!names) return names.error();
  EntryEditOutcome outcome;
  for (size_t i = 0; i < names->size(); ++i) {
    const Result<void> checked = check_name((*names)[i], edit.names[i], edit, suffixes, outcome.warnings);
    if (!checked) return checked.error();
  }
  ListUpdate update;
  update.list = edit.list;
  update.keep = edit.keep;
  update.note = edit.note;
  update.expires = edit.expires;
  update.now = edit.now;
  GivenEntries entries(*std::move(names), edit.scope, edit.allow);
  const Result<ListUpdateCounts> counts = table.update_list(update, entries);
  if (!counts) return counts.error();
  outcome.counts = *counts;
  return outcome;
}

}  // namespace querymark
