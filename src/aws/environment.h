// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>

// The environment variables that the AWS clients look at: the process's, or a test's own. A copy, so that
// nothing reads what another thread may be writing.
namespace querymark {

class Environment {
 public:
  using Variables = std::map<std::string, std::string, std::less<>>;

  Environment() = default;
  explicit Environment(Variables variables) : variables_(std::move(variables)) {}
  static Environment of_process();

  // A variable that is set but empty counts as not set, as in AWS's own tools.
  std::optional<std::string> get(std::string_view name) const;
  std::string get_or(std::string_view name, std::string_view otherwise) const;
  // "true" in any case.
  bool is_true(std::string_view name) const;

 private:
  Variables variables_;
};

}  // namespace querymark
