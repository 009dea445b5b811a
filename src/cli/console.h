// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/result.h"

// What a person at the command line is told, on stderr: data goes to stdout, everything else here.
//
//   querymark: warning: the table is empty: every record is marked N
namespace querymark {

enum class LogLevel : uint8_t { kError, kWarning, kInfo, kDebug };

// Once, before any thread starts. kInfo where nothing is set.
void set_log_level(LogLevel level);

void print_error(std::string_view message);
inline void print_error(const Error& error) {
  print_error(error.detail);
}
void print_warning(std::string_view message);
// A result or a step of the work, without a prefix.
void print_info(std::string_view message);
bool shows_info();

// "12,345,678"
std::string grouped(uint64_t number);

// A line that is written over and over while work goes on; nothing where stderr is no terminal or says no
// more than warnings. Cheap to call often: it draws five times a second.
class ProgressLine {
 public:
  ProgressLine();
  ~ProgressLine();  // clears the line
  ProgressLine(const ProgressLine&) = delete;
  ProgressLine& operator=(const ProgressLine&) = delete;

  bool due();
  void draw(std::string_view text);
  void clear();

 private:
  bool enabled_;
  bool drawn_ = false;
  int64_t next_draw_ms_ = 0;
};

}  // namespace querymark
