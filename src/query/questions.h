// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <span>
#include <string_view>

// The questions that come with the program: src/query/questions/NAME.sql, compiled in.
namespace querymark {

struct SavedQuestion {
  std::string_view name;  // "top-domains"
  std::string_view text;
  // The comment that it begins with, its first line: "Queries for interesting domains."
  std::string_view description() const;
};

std::span<const SavedQuestion> saved_questions();  // by name
std::optional<SavedQuestion> find_question(std::string_view name);

}  // namespace querymark
