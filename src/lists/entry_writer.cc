// SPDX-License-Identifier: Apache-2.0
#include "lists/entry_writer.h"

#include "lists/ascii.h"
#include "lists/host_text.h"

namespace querymark {
namespace {

constexpr size_t kSkipTextSizeMax = 256;

}  // namespace

EntryWriter::EntryWriter(const ListReaderOptions& options, const SuffixTable& suffixes, ListSink& sink)
    : suffixes_(suffixes),
      sink_(sink),
      exceptions_(options.exceptions),
      take_icann_suffixes_(options.take_icann_suffixes) {}

std::optional<SkipReason> EntryWriter::read(std::string_view text) {
  normal_size_ = normalize_padded_name(text, normal_);
  const std::string_view normal(normal_, normal_size_);
  if (normal.empty()) return SkipReason::kNotHostName;
  if (!kHostBytes.has_all_of(normal))
    return is_ip_address(text) ? SkipReason::kIpAddress : SkipReason::kNotHostName;
  if (is_digit(normal.back()) && is_ipv4_text(normal)) return SkipReason::kIpAddress;

  match_ = suffixes_.find(normal);
  if (!match_.found) return SkipReason::kNoValidTld;
  const bool icann_suffix = match_.suffix_begin == 0 && match_.section == SuffixSection::kIcann;
  if (icann_suffix && !take_icann_suffixes_) return SkipReason::kIcannSuffix;
  return std::nullopt;
}

void EntryWriter::add(const ListName& name, bool allow) {
  if (const std::optional<SkipReason> reason = read(name.text))
    skip(name.stood, *reason);
  else
    write(name.scope, allow);
}

void EntryWriter::add_exception(const ListName& name) {
  if (exceptions_ == ExceptionPolicy::kSkip)
    skip(name.stood, SkipReason::kException);
  else
    add(name, true);
}

bool EntryWriter::add_if_valid(const ListName& name) {
  if (read(name.text)) return false;
  write(name.scope, false);
  return true;
}

void EntryWriter::write(EntryScope scope, bool allow) {
  ++names_found_;
  const std::string_view normal(normal_, normal_size_);
  sink_.entry({.name = normal,
               .scope = scope,
               .allow = allow,
               .public_suffix = match_.suffix_begin == 0,
               .line = line_,
               .registrable_domain = normal.substr(match_.registrable_begin)});
}

void EntryWriter::skip(std::string_view text, SkipReason reason) {
  ++names_found_;
  sink_.skip({.text = text.substr(0, kSkipTextSizeMax), .reason = reason, .line = line_});
}

}  // namespace querymark
