// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string_view>

// What the service has to tell an operator; the program decides where it goes. Nothing is told per record or
// per request. Threads: any number at once.
namespace querymark {

class EventLog {
 public:
  virtual ~EventLog() = default;
  virtual void info(std::string_view message) = 0;
  virtual void warning(std::string_view message) = 0;  // it goes on, in a lesser way
  virtual void error(std::string_view message) = 0;    // somebody must act
};

}  // namespace querymark
