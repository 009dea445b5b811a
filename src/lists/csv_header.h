// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

// Records of a CSV file, and which of their columns holds the domains.
namespace querymark {

// The fields of a record, from the left.
class CsvFields {
 public:
  // REQUIRES: `record` outlives this.
  CsvFields(std::string_view record, char delimiter) : rest_(record), delimiter_(delimiter) {}

  // Goes to the next field, if there is one.
  bool next();
  // As it stands, without blanks and quotes around it.
  std::string_view value() const { return value_; }
  // Whether value() is what is meant: it has no doubled quotes.
  bool is_plain() const { return is_plain_; }
  // What is meant.
  std::string unquoted() const;

 private:
  void take_quoted();

  std::string_view rest_;
  char delimiter_;
  std::string_view value_;
  bool is_plain_ = true;
  bool at_end_ = false;
};

// Whether a record that is inside quotes at the beginning of `line`, or not, is so at its end: then it goes
// on in the next line.
bool ends_in_quotes(std::string_view line, bool begins_in_quotes, char delimiter);

struct CsvColumn {
  char delimiter = ',';
  size_t index = 0;              // from 0
  bool in_first_record = false;  // the header is the first record, which is no data then
  std::string name;              // as the header has it; empty where the column was found by its values
  std::string error;             // why there is none
};

// `wanted`: name (any case) or number from 1 of the column; empty: the first that bears a known name
// ("domain", "host", "url", "indicator", …), or else the first whose value in `first_record` looks like a
// host name. `comment`: a comment line before the first record, which may be the header; empty without one.
CsvColumn find_csv_column(std::string_view wanted, std::string_view comment, std::string_view first_record);

}  // namespace querymark
