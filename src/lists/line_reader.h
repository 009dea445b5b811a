// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"
#include "lists/entry_writer.h"

// One format's reading of lines: what a line names goes to the EntryWriter. One file a format: NAME_lines.cc.
namespace querymark {

class LineReader {
 public:
  virtual ~LineReader() = default;

  // The next line, without its end. REQUIRES: LineCutter::kPadding readable bytes after it; the writer's line
  // set.
  virtual void line(std::string_view line, uint64_t number) = 0;
  // After the last line.
  virtual void finish() {}

  // What makes the whole file unreadable, once found; lines after it do not matter.
  const std::optional<Error>& failure() const { return failure_; }

 protected:
  void fail(std::string detail) { failure_ = Error::invalid(std::move(detail)); }

 private:
  std::optional<Error> failure_;
};

std::unique_ptr<LineReader> make_text_lines(EntryWriter& writer);
std::unique_ptr<LineReader> make_domains_lines(EntryWriter& writer);
std::unique_ptr<LineReader> make_hosts_lines(EntryWriter& writer);
std::unique_ptr<LineReader> make_adblock_lines(EntryWriter& writer);
std::unique_ptr<LineReader> make_rpz_lines(EntryWriter& writer);
std::unique_ptr<LineReader> make_csv_lines(EntryWriter& writer, const std::string& column);
std::unique_ptr<LineReader> make_dnsmasq_lines(EntryWriter& writer);
std::unique_ptr<LineReader> make_unbound_lines(EntryWriter& writer);

}  // namespace querymark
