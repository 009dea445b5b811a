// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <string_view>

// What a file is before it is read as a list: the things that are none, and the marks of its encoding.
namespace querymark {

inline constexpr std::string_view kUtf8Bom = "\xEF\xBB\xBF";

// Why a file that begins with `head` is no list, as a clause ("this is an HTML page, not a list (…)");
// nothing where it may be one.
std::optional<std::string> refuse_content(std::string_view head);

// What ends the lines: '\r' in a file of classic Mac OS (carriage returns and no line feed), '\n' in all
// others.
char find_line_end(std::string_view head);

}  // namespace querymark
