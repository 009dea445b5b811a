// SPDX-License-Identifier: Apache-2.0
#include "lists/list_reader.h"

#include <algorithm>
#include <utility>

#include "lists/entry_writer.h"
#include "lists/line_cutter.h"
#include "lists/line_reader.h"
#include "lists/list_content.h"

namespace querymark {
namespace {

std::unique_ptr<LineReader> make_lines(ListFormat format, EntryWriter& writer, const std::string& column) {
  switch (format) {
    case ListFormat::kAuto:
    case ListFormat::kText:
      return make_text_lines(writer);
    case ListFormat::kDomains:
      return make_domains_lines(writer);
    case ListFormat::kHosts:
      return make_hosts_lines(writer);
    case ListFormat::kAdblock:
      return make_adblock_lines(writer);
    case ListFormat::kRpz:
      return make_rpz_lines(writer);
    case ListFormat::kCsv:
      return make_csv_lines(writer, column);
    case ListFormat::kDnsmasq:
      return make_dnsmasq_lines(writer);
    case ListFormat::kUnbound:
      return make_unbound_lines(writer);
  }
  return nullptr;
}

}  // namespace

std::string_view to_string(SkipReason reason) {
  switch (reason) {
    case SkipReason::kNoValidTld:
      return "no_valid_tld";
    case SkipReason::kIpAddress:
      return "ip_address";
    case SkipReason::kNotHostName:
      return "not_host_name";
    case SkipReason::kException:
      return "exception";
    case SkipReason::kIcannSuffix:
      return "icann_suffix";
    case SkipReason::kNotDomainRule:
      return "not_domain_rule";
    case SkipReason::kDuplicate:
      return "duplicate";
    case SkipReason::kLineTooLong:
      return "line_too_long";
  }
  return "";
}

class ListReader::Impl {
 public:
  Impl(const ListReaderOptions& options, const SuffixTable& suffixes, ListSink& sink, std::string origin)
      : options_(options), writer_(options, suffixes, sink), origin_(std::move(origin)) {}

  Result<void> feed(std::string_view bytes) {
    while (!bytes.empty()) {
      if (error_) return *error_;
      const size_t size = cutter_.append(bytes);
      has_nul_ |= bytes.substr(0, size).find('\0') != std::string_view::npos;
      bytes.remove_prefix(size);
      if (lines_ == nullptr && cutter_.pending().size() >= kListHeadSize) begin();
      if (lines_ != nullptr) read_lines();
    }
    return status();
  }

  Result<void> finish() {
    if (!error_ && lines_ == nullptr) begin();
    if (!error_) read_lines();
    if (error_) return *error_;
    if (const std::optional<CutLine> line = cutter_.last()) read_line(*line);
    lines_->finish();
    note_failure();
    return status();
  }

  ListFormat format() const { return format_; }
  const std::string& format_reason() const { return format_reason_; }
  const ListReaderCounts& counts() const { return counts_; }

 private:
  // With the head read: what the file is.
  void begin() {
    const std::string_view head = cutter_.pending().substr(0, kListHeadSize);
    if (const std::optional<std::string> refused = refuse_content(head)) return fail(*refused);
    if (head.starts_with(kUtf8Bom)) cutter_.drop(kUtf8Bom.size());
    cutter_.set_line_end(find_line_end(head));
    format_ = options_.format;
    format_reason_ = "as asked for";
    if (format_ == ListFormat::kAuto) {
      ListFormatGuess guess = guess_list_format(head);
      format_ = guess.format;
      format_reason_ = "auto: " + std::move(guess.reason);
    }
    lines_ = make_lines(format_, writer_, options_.column);
  }

  void read_lines() {
    if (has_nul_)  // beyond the head, which was looked at
      return fail("there is a NUL byte after line " + std::to_string(counts_.lines) +
                  ": a binary or damaged file");
    while (const std::optional<CutLine> line = cutter_.next()) read_line(*line);
    note_failure();
  }

  void read_line(const CutLine& line) {
    writer_.set_line(++counts_.lines);
    if (line.too_long)
      writer_.skip(line.text, SkipReason::kLineTooLong);
    else
      lines_->line(line.text, counts_.lines);
  }

  void note_failure() {
    counts_.names_found = writer_.names_found();
    if (!error_ && lines_->failure()) fail(lines_->failure()->detail);
  }

  void fail(const std::string& detail) { error_ = Error::invalid(origin_ + ": " + detail); }

  Result<void> status() const {
    if (error_) return *error_;
    return {};
  }

  ListReaderOptions options_;
  EntryWriter writer_;
  std::string origin_;
  LineCutter cutter_;
  std::unique_ptr<LineReader> lines_;  // none before the head was seen
  ListFormat format_ = ListFormat::kAuto;
  std::string format_reason_;
  ListReaderCounts counts_;
  bool has_nul_ = false;  // in what was fed
  std::optional<Error> error_;
};

ListReader::ListReader(const ListReaderOptions& options, const SuffixTable& suffixes, ListSink& sink,
                       std::string origin)
    : impl_(std::make_unique<Impl>(options, suffixes, sink, std::move(origin))) {}

ListReader::~ListReader() = default;

Result<void> ListReader::feed(std::string_view bytes) {
  return impl_->feed(bytes);
}

Result<void> ListReader::finish() {
  return impl_->finish();
}

ListFormat ListReader::format() const {
  return impl_->format();
}

const std::string& ListReader::format_reason() const {
  return impl_->format_reason();
}

const ListReaderCounts& ListReader::counts() const {
  return impl_->counts();
}

}  // namespace querymark
