// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string_view>

namespace querymark {

// "##.banner", "example.com#@#.banner", "example.com#?#…": whether the line is a rule about page elements or
// scripts, which says nothing about names. "## Title" and "########" are none.
bool is_cosmetic_rule(std::string_view line);

}  // namespace querymark
