// SPDX-License-Identifier: Apache-2.0
// Profile files, the command lines in them, and the endpoints and regions that they name.
#include <cstdint>

#include "aws/credential_process.h"
#include "aws/endpoint.h"
#include "aws/environment.h"
#include "aws/profile_file.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const auto sections = querymark::parse_profile_file(text);
  const auto profiles = querymark::Profiles::parse(text, text);
  (void)querymark::split_command(text);
  if (!profiles) return 0;
  const querymark::Environment environment;
  for (const auto& [name, properties] : *sections) {
    (void)querymark::find_region(environment, *profiles, name, "");
    (void)querymark::find_endpoint("s3", "us-east-1", environment, *profiles, name, "");
  }
  return 0;
}
