// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <string>

#include "alert/alert_sink.h"

namespace querymark {

// Runs a program for each notification, found on PATH where it has no slash, without a shell and without
// arguments; the notification and a line feed are its stdin. Delivered where it exits with 0; killed where it
// has not by the deadline. Its output goes where our errors go.
Result<std::unique_ptr<AlertSink>> open_exec_sink(const std::string& program);

}  // namespace querymark
