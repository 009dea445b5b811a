// SPDX-License-Identifier: Apache-2.0
#include "cli/console.h"

#include <unistd.h>

#include <chrono>
#include <cstdio>

namespace querymark {
namespace {

constexpr int64_t kDrawIntervalMs = 200;

LogLevel& level() {
  static LogLevel value = LogLevel::kInfo;
  return value;
}

void print_line(std::string_view prefix, std::string_view message) {
  std::string line(prefix);
  line.append(message).append("\n");
  std::fwrite(line.data(), 1, line.size(), stderr);
}

int64_t now_ms() {
  const auto now = std::chrono::steady_clock::now().time_since_epoch();
  return std::chrono::duration_cast<std::chrono::milliseconds>(now).count();
}

}  // namespace

void set_log_level(LogLevel value) {
  level() = value;
}

void print_error(std::string_view message) {
  print_line("querymark: ", message);
}

void print_warning(std::string_view message) {
  if (level() >= LogLevel::kWarning) print_line("querymark: warning: ", message);
}

void print_info(std::string_view message) {
  if (shows_info()) print_line("", message);
}

bool shows_info() {
  return level() >= LogLevel::kInfo;
}

std::string grouped(uint64_t number) {
  std::string text = std::to_string(number);
  for (size_t at = text.size(); at > 3;) text.insert(at -= 3, 1, ',');
  return text;
}

ProgressLine::ProgressLine() : enabled_(shows_info() && ::isatty(STDERR_FILENO) != 0) {}

ProgressLine::~ProgressLine() {
  clear();
}

bool ProgressLine::due() {
  return enabled_ && now_ms() >= next_draw_ms_;
}

void ProgressLine::draw(std::string_view text) {
  if (!enabled_) return;
  next_draw_ms_ = now_ms() + kDrawIntervalMs;
  drawn_ = true;
  std::string line = "\r\x1b[K";
  line.append(text);
  std::fwrite(line.data(), 1, line.size(), stderr);
}

void ProgressLine::clear() {
  if (drawn_) std::fputs("\r\x1b[K", stderr);
  drawn_ = false;
}

}  // namespace querymark
