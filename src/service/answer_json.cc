// SPDX-License-Identifier: Apache-2.0
#include "service/answer_json.h"

#include "codec/json_string.h"

namespace querymark {

Result<void> AnswerJson::begin(std::span<const SqlColumn> columns) {
  text_ = "{\"columns\":[";
  for (const SqlColumn& column : columns) {
    text_ += text_.back() == '[' ? "{\"name\":" : ",{\"name\":";
    append_json_string(column.name, text_);
    text_ += column.is_number ? ",\"number\":true}" : ",\"number\":false}";
  }
  text_ += "],\"rows\":[";
  return {};
}

Result<void> AnswerJson::row(std::span<const std::optional<std::string_view>> cells) {
  is_truncated_ = rows_ == rows_max_ || text_.size() >= size_max_;
  if (is_truncated_) return Error::limit("the answer has more rows");
  if (rows_ > 0) text_ += ',';
  text_ += '[';
  for (const std::optional<std::string_view>& cell : cells) {
    if (&cell != cells.data()) text_ += ',';
    if (cell) {
      append_json_string(*cell, text_);
    } else {
      text_ += "null";
    }
  }
  text_ += ']';
  ++rows_;
  return {};
}

std::string AnswerJson::take() {
  return std::move(text_) + (is_truncated_ ? "],\"truncated\":true" : "],\"truncated\":false");
}

}  // namespace querymark
