// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <string>

#include "alert/alert_sink.h"

namespace querymark {

// Runs a program for each match, found on PATH where it has no slash, without a shell and without arguments.
// Delivered where it exits with 0; its output goes where ours goes.
Result<std::unique_ptr<AlertSink>> open_exec_sink(const std::string& program);

}  // namespace querymark
