// SPDX-License-Identifier: Apache-2.0
#include "alert/alert_sink.h"

#include "alert/exec_sink.h"
#include "alert/file_sink.h"
#include "alert/sns_sink.h"
#include "alert/webhook_sink.h"

namespace querymark {

bool is_refusal(const Error& error) {
  return error.code == Errc::kInvalid || error.code == Errc::kLimit;
}

AlertAccess AlertAccess::of_process(AwsAccess& aws) {
  return {aws, Environment::of_process().get_or(kWebhookSecretVariable, "")};
}

Result<std::unique_ptr<AlertSink>> open_alert_sink(const std::string& uri, const AlertAccess& access) {
  const size_t colon = uri.find(':');
  const std::string scheme = uri.substr(0, colon);
  const std::string rest = colon == std::string::npos ? "" : uri.substr(colon + 1);
  if (!rest.empty()) {
    if (scheme == "file") return open_file_sink(rest);
    if (scheme == "exec") return open_exec_sink(rest);
    if (scheme == "sns") return open_sns_sink(rest, access.aws);
    if (scheme == "https" || scheme == "http")
      return open_webhook_sink(uri, access.webhook_secret, access.aws.http());
  }
  return Error::invalid("alert " + uri + ": write file:PATH, exec:PROGRAM, sns:ARN or https://…");
}

}  // namespace querymark
