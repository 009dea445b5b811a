// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace querymark {

// A list of texts as a JSON array of strings: {"ads", "a \"b\""}  ->  ["ads","a \"b\""]
void append_json_list(const std::vector<std::string>& texts, std::string& out);

// REQUIRES: what append_json_list() wrote.
std::vector<std::string> read_json_list(std::string_view json);

}  // namespace querymark
