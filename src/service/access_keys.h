// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

// Who may send records: secrets that the operator has put into files which only he and the service can read.
//
//   signing keys    one a line, ACCESS_KEY_ID SECRET_ACCESS_KEY     clients of the Firehose API sign with
//   them access keys     one a line                                      X-Amz-Firehose-Access-Key, and
//   Bearer tokens
//
// Blank lines and lines that begin with # are passed over. Secrets are compared in constant time and never
// told. Threads: any.
namespace querymark {

struct SigningKey {
  std::string access_key_id;
  std::string secret_access_key;
};

class AccessKeys {
 public:
  // Firehose's own bound of X-Amz-Firehose-Access-Key.
  static constexpr size_t kAccessKeySizeMax = 4096;

  // What one of the dashboard's tokens must be long, not to be guessed.
  static constexpr size_t kTokenSizeMin = 20;

  // An empty path: none of that kind. kDenied where others than owner and group can read the file, kInvalid
  // where it holds no key or a line is none.
  static Result<AccessKeys> load(const std::string& signing_keys_path, const std::string& access_keys_path);

  // Access keys of at least kTokenSizeMin characters; kInvalid where one is shorter.
  static Result<AccessKeys> load_tokens(const std::string& path);

  // There are none of either kind: everybody who reaches the service may send.
  bool is_open() const { return signing_keys_.empty() && access_keys_.empty(); }

  bool has_access_key(std::string_view key) const;
  // Nothing where there is none of this name.
  const SigningKey* find_signing_key(std::string_view access_key_id) const;

 private:
  std::vector<SigningKey> signing_keys_;
  std::vector<std::string> access_keys_;
};

}  // namespace querymark
