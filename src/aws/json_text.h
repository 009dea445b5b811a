// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

// JSON written as text, for requests that are built piece by piece.
namespace querymark {

// `text` between quotes, with what JSON wants escaped escaped; other bytes as they are.
void append_json_string(std::string& out, std::string_view text);

bool is_utf8(std::string_view text);

}  // namespace querymark
