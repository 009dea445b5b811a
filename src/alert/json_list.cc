// SPDX-License-Identifier: Apache-2.0
#include "alert/json_list.h"

#include "codec/json_string.h"
#include "codec/json_walk.h"

namespace querymark {

void append_json_list(const std::vector<std::string>& texts, std::string& out) {
  out += '[';
  for (const std::string& text : texts) {
    if (&text != texts.data()) out += ',';
    append_json_string(text, out);
  }
  out += ']';
}

std::vector<std::string> read_json_list(std::string_view json) {
  std::vector<std::string> texts;
  for (JsonElements elements(json); elements.next();) {
    const std::string_view quoted = elements.value();
    unescape_json(quoted.substr(1, quoted.size() - 2), texts.emplace_back());
  }
  return texts;
}

}  // namespace querymark
