// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <string>

#include "alert/alert_sink.h"

namespace querymark {

// Appends each notification as a line to a file, which is made (mode 0600) where it is missing, and opened
// anew where another has taken its place. A line is written by one call, so that several programs may append
// to the same file.
Result<std::unique_ptr<AlertSink>> open_file_sink(const std::string& path);

}  // namespace querymark
