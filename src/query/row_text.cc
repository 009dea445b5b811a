// SPDX-License-Identifier: Apache-2.0
#include "query/row_text.h"

#include <algorithm>

namespace querymark {
namespace {

void append_csv(std::string& line, std::string_view cell) {
  if (!cell.empty() && cell.find_first_of(",\"\r\n") == std::string_view::npos) {
    line += cell;
    return;
  }
  line += '"';
  for (const char c : cell) {
    if (c == '"') line += '"';
    line += c;
  }
  line += '"';
}

// Characters, as a terminal shows them one a cell; wide ones are not told apart.
size_t width_of(std::string_view text) {
  return static_cast<size_t>(
      std::count_if(text.begin(), text.end(), [](char c) { return (c & '\xc0') != '\x80'; }));
}

std::string printable(std::string_view text) {
  constexpr std::string_view kDigits = "0123456789abcdef";
  std::string shown;
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte >= 0x20 && byte != 0x7f) {
      shown += c;
    } else {
      shown.append("\\x").append(1, kDigits[byte >> 4]).append(1, kDigits[byte & 15]);
    }
  }
  return shown;
}

}  // namespace

Result<void> CsvRows::begin(std::span<const SqlColumn> columns) {
  line_.clear();
  for (const SqlColumn& column : columns) {
    if (&column != columns.data()) line_ += ',';
    append_csv(line_, column.name);
  }
  return write_(line_);
}

Result<void> CsvRows::row(std::span<const std::optional<std::string_view>> cells) {
  line_.clear();
  for (const std::optional<std::string_view>& cell : cells) {
    if (&cell != cells.data()) line_ += ',';
    if (cell) append_csv(line_, *cell);
  }
  return write_(line_);
}

Result<void> JsonRows::row(std::span<const std::optional<std::string_view>> cells) {
  return write_(cells.front().value_or("null"));
}

Result<void> TableRows::begin(std::span<const SqlColumn> columns) {
  columns_.assign(columns.begin(), columns.end());
  for (SqlColumn& column : columns_) {
    column.name = printable(column.name);
    widths_.push_back(width_of(column.name));
  }
  return {};
}

Result<void> TableRows::row(std::span<const std::optional<std::string_view>> cells) {
  std::vector<std::string> shown;
  for (const std::optional<std::string_view>& cell : cells) shown.push_back(cell ? printable(*cell) : "NULL");
  if (flushed_) return write_row(shown);
  for (size_t i = 0; i < shown.size(); ++i)
    widths_[i] = std::max(widths_[i], std::min(width_of(shown[i]), kWidthMax));
  waiting_.push_back(std::move(shown));
  return waiting_.size() < kRowsMeasured ? Result<void>() : flush();
}

Result<void> TableRows::finish() {
  return flushed_ ? Result<void>() : flush();
}

Result<void> TableRows::flush() {
  flushed_ = true;
  std::vector<std::string> names;
  std::vector<std::string> rule;
  for (size_t i = 0; i < columns_.size(); ++i) {
    names.push_back(columns_[i].name);
    rule.emplace_back(widths_[i], '-');
  }
  for (const std::vector<std::string>* head : {&names, &rule}) {
    Result<void> written = write_row(*head);
    if (!written) return written;
  }
  for (const std::vector<std::string>& cells : waiting_) {
    Result<void> written = write_row(cells);
    if (!written) return written;
  }
  waiting_.clear();
  return {};
}

Result<void> TableRows::write_row(const std::vector<std::string>& cells) {
  std::string line;
  for (size_t i = 0; i < cells.size(); ++i) {
    const size_t width = width_of(cells[i]);
    const std::string pad(width < widths_[i] ? widths_[i] - width : 0, ' ');
    if (i > 0) line += "  ";
    line += columns_[i].is_number ? pad + cells[i] : cells[i] + pad;
  }
  line.erase(line.find_last_not_of(' ') + 1);
  return write_(line);
}

}  // namespace querymark
