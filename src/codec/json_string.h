// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

// JSON strings as they are written: finding their end, reading their escapes, writing them.
//
//   "tab \"\u0041\t"   content: tab \"\u0041\t   stands for: tab "A<tab>
//
// The bytes themselves are taken as they are: what is no UTF-8 stays what it is. Cost: one pass. Threads:
// pure.
namespace querymark {

// The size of the escape that begins at the backslash `text[at]`: 2 or 6; 0 where its form is wrong; npos
// where the text ends inside it.
size_t escape_size(std::string_view text, size_t at);

// The offset of the quote that ends the string whose content begins at `begin`; npos where there is none.
size_t find_string_end(std::string_view text, size_t begin);

// The code point of the escape at the backslash `content[at]`, and how many bytes it takes: 12 where two `\u`
// make a surrogate pair. A lone surrogate is its own code point. REQUIRES: an escape of the right form.
struct Escape {
  char32_t code_point;
  size_t size;
};
Escape read_escape(std::string_view content, size_t at);

// Appends the bytes that a string's content stands for. A lone surrogate becomes the three bytes that UTF-8
// would have for it; nothing fails. REQUIRES: escapes of the right form.
void unescape_json(std::string_view content, std::string& out);

// Whether a string's content stands for `text`, which is ASCII. REQUIRES: escapes of the right form.
bool json_string_is(std::string_view content, std::string_view text);

// Appends `text` as a JSON string, quotes included. Bytes that are no UTF-8 stay as they are.
void append_json_string(std::string_view text, std::string& out);

}  // namespace querymark
