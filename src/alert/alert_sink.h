// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "base/result.h"

// Where notifications of matches go.
//
//   file:PATH      one marked record a line, appended
//   exec:PROGRAM   the program, run without a shell for each match, the marked record and a line feed on its
//   stdin
namespace querymark {

class AlertSink {
 public:
  virtual ~AlertSink() = default;
  // Notifies of one match. `record`: the marked record, without a line feed. Delivered when it returns; an
  // error says that it was not. Threads: one call at a time.
  virtual Result<void> send(std::string_view record) = 0;
};

// The sink that a URI of one of the forms above names. kInvalid for any other.
Result<std::unique_ptr<AlertSink>> open_alert_sink(const std::string& uri);

}  // namespace querymark
