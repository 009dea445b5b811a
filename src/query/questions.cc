// SPDX-License-Identifier: Apache-2.0
#include "query/questions.h"

#include <algorithm>

namespace querymark {

std::string_view SavedQuestion::description() const {
  const std::string_view line = text.substr(0, text.find('\n'));
  return line.starts_with("-- ") ? line.substr(3) : std::string_view();
}

std::optional<SavedQuestion> find_question(std::string_view name) {
  const std::span<const SavedQuestion> all = saved_questions();
  const auto found = std::find_if(all.begin(), all.end(),
                                  [name](const SavedQuestion& question) { return question.name == name; });
  return found == all.end() ? std::nullopt : std::optional(*found);
}

}  // namespace querymark
