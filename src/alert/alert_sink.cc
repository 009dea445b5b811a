// SPDX-License-Identifier: Apache-2.0
#include "alert/alert_sink.h"

#include "alert/exec_sink.h"
#include "alert/file_sink.h"

namespace querymark {

Result<std::unique_ptr<AlertSink>> open_alert_sink(const std::string& uri) {
  const size_t colon = uri.find(':');
  const std::string scheme = uri.substr(0, colon);
  const std::string rest = colon == std::string::npos ? "" : uri.substr(colon + 1);
  if (rest.empty()) return Error::invalid("alert " + uri + ": write file:PATH or exec:PROGRAM");
  if (scheme == "file") return open_file_sink(rest);
  if (scheme == "exec") return open_exec_sink(rest);
  return Error::invalid("alert " + uri + ": unknown kind \"" + scheme +
                        "\": write file:PATH or exec:PROGRAM");
}

}  // namespace querymark
