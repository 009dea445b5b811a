// SPDX-License-Identifier: Apache-2.0
// Tables with one column of domains, hosts or URLs. Source: RFC 4180; besides it, other delimiters and
// comment lines, of which one may hold the header (abuse.ch).
#include "lists/ascii.h"
#include "lists/csv_header.h"
#include "lists/host_text.h"
#include "lists/line_reader.h"

namespace querymark {
namespace {

class CsvLines final : public LineReader {
 public:
  CsvLines(EntryWriter& writer, std::string column) : writer_(writer), wanted_(std::move(column)) {}

  void line(std::string_view line, uint64_t number) override {
    if (in_quotes_) return read_more(line);
    if (trim_left(line).empty()) return;
    if (line[0] == '#') return read_comment(line);
    in_quotes_ = line.find('"') != std::string_view::npos && ends_in_quotes(line, false, delimiter_);
    if (!in_quotes_) return read_record(line);
    opened_at_ = number;
    open_record_.assign(line);
  }

  void finish() override {
    if (in_quotes_) fail("line " + std::to_string(opened_at_) + ": a quoted field does not end");
  }

 private:
  void read_more(std::string_view line) {
    open_record_.append(1, '\n').append(line);
    in_quotes_ = ends_in_quotes(line, true, delimiter_);
    if (in_quotes_ && open_record_.size() > kListLineSizeMax) return finish();
    if (in_quotes_) return;
    writer_.set_line(opened_at_);
    read_record(record_text_.keep(open_record_));
  }

  void read_comment(std::string_view line) {
    if (!is_column_known_) header_comment_ = line.substr(ByteSet("# \t").find_other(line, 0));
  }

  void read_record(std::string_view record) {
    if (!is_column_known_ && find_column(record)) return;
    if (failure()) return;
    CsvFields fields(record, delimiter_);
    for (size_t i = 0; i <= column_; ++i)
      if (!fields.next()) return writer_.skip(record, SkipReason::kNotHostName);
    const std::string_view value = trim(fields.is_plain() ? fields.value() : cell_.keep(fields.unquoted()));
    if (!value.empty()) add_item(writer_, value, host_);
  }

  // Whether `record` was the header.
  bool find_column(std::string_view record) {
    is_column_known_ = true;
    const CsvColumn found = find_csv_column(wanted_, header_comment_, record);
    if (!found.error.empty()) fail(found.error);
    delimiter_ = found.delimiter;
    column_ = found.index;
    return found.in_first_record;
  }

  EntryWriter& writer_;
  std::string wanted_;
  std::string header_comment_;  // the last comment line before the first record, without its '#'
  bool is_column_known_ = false;
  char delimiter_ = ',';
  size_t column_ = 0;
  bool in_quotes_ = false;
  std::string open_record_;  // the lines so far of the record that is inside quotes
  uint64_t opened_at_ = 0;
  PaddedText record_text_;
  PaddedText cell_;
  PaddedText host_;
};

}  // namespace

std::unique_ptr<LineReader> make_csv_lines(EntryWriter& writer, const std::string& column) {
  return std::make_unique<CsvLines>(writer, column);
}

}  // namespace querymark
