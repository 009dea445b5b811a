// SPDX-License-Identifier: Apache-2.0
// A Lambda function that answers with its event and with what of its package it can see, for package_test.py.
#include <curl/curl.h>

#include <cstdio>
#include <cstdlib>
#include <nlohmann/json.hpp>
#include <string>

#include "base/file.h"
#include "lambda/runtime.h"

using namespace querymark;

static Result<std::string> echo(const Invocation& invocation) {
  const char* ca_bundle = std::getenv("AWS_CA_BUNDLE");
  const Result<std::string> certificates = read_file(ca_bundle == nullptr ? "" : ca_bundle, size_t{1} << 20);
  if (!certificates) return certificates.error();
  return nlohmann::json{{"event", nlohmann::json::parse(invocation.event)},
                        {"certificates", certificates->find("BEGIN CERTIFICATE") != std::string::npos},
                        {"curl", curl_global_init(CURL_GLOBAL_DEFAULT) == CURLE_OK}}
      .dump();
}

int main() {
  const Error ended = run_function(
      std::getenv("AWS_LAMBDA_RUNTIME_API"), []() -> Result<Handler> { return Handler(echo); },
      [](std::string_view id, const Error& error) {
        std::fprintf(stderr, "%.*s: %s\n", static_cast<int>(id.size()), id.data(), error.detail.c_str());
      });
  std::fprintf(stderr, "%s\n", ended.detail.c_str());
  return 1;
}
