// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string_view>

// Lines of names, as hosts files and lists of plain names have them; other formats are mixed with them.
namespace querymark {

class EntryWriter;
class PaddedText;

// Whether the line begins with an address that names follow: "0.0.0.0 evil.com".
bool is_hosts_line(std::string_view line);
// The names of the line, separated by blanks, up to '#'; the address before them is none.
void read_hosts_line(EntryWriter& writer, std::string_view line, PaddedText& scratch);
void read_names(EntryWriter& writer, std::string_view fields, PaddedText& scratch);

}  // namespace querymark
