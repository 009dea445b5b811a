// SPDX-License-Identifier: Apache-2.0
#include "service/access_keys.h"

#include <openssl/crypto.h>
#include <sys/stat.h>

#include <algorithm>
#include <cerrno>

#include "aws/digest.h"
#include "base/file.h"

namespace querymark {
namespace {

constexpr size_t kFileSizeMax = size_t{1} << 20;

std::string_view trimmed(std::string_view text) {
  constexpr std::string_view kBlanks = " \t\r";
  const size_t begin = std::min(text.find_first_not_of(kBlanks), text.size());
  text.remove_prefix(begin);
  return text.substr(0, text.find_last_not_of(kBlanks) + 1);
}

Result<std::vector<std::string>> read_lines(const std::string& path) {
  struct stat status {};
  if (::stat(path.c_str(), &status) != 0) return Error::from_errno(errno, "open " + path);
  if ((status.st_mode & S_IRWXO) != 0)
    return Error{Errc::kDenied, path + " holds secrets and may be read by everybody: chmod o= it"};
  const Result<std::string> text = read_file(path, kFileSizeMax);
  if (!text) return text.error();
  std::vector<std::string> lines;
  for (std::string_view rest = *text; !rest.empty();) {
    const std::string_view line = trimmed(rest.substr(0, rest.find('\n')));
    rest.remove_prefix(std::min(rest.find('\n'), rest.size() - 1) + 1);
    if (!line.empty() && !line.starts_with('#')) lines.emplace_back(line);
  }
  if (lines.empty()) return Error::invalid(path + " holds no key");
  return lines;
}

}  // namespace

Result<AccessKeys> AccessKeys::load(const std::string& signing_keys_path,
                                    const std::string& access_keys_path) {
  AccessKeys keys;
  if (!access_keys_path.empty()) {
    Result<std::vector<std::string>> lines = read_lines(access_keys_path);
    if (!lines) return lines.error();
    keys.access_keys_ = *std::move(lines);
  }
  if (signing_keys_path.empty()) return keys;
  const Result<std::vector<std::string>> lines = read_lines(signing_keys_path);
  if (!lines) return lines.error();
  for (const std::string& line : *lines) {
    const size_t blank = line.find_first_of(" \t");
    const std::string_view secret = trimmed(std::string_view(line).substr(std::min(blank, line.size())));
    if (secret.empty() || secret.find_first_of(" \t") != std::string_view::npos)
      return Error::invalid(signing_keys_path + ": a line is ACCESS_KEY_ID SECRET_ACCESS_KEY");
    keys.signing_keys_.push_back({line.substr(0, blank), std::string(secret)});
  }
  return keys;
}

Result<AccessKeys> AccessKeys::load_tokens(const std::string& path) {
  Result<AccessKeys> keys = load("", path);
  if (!keys) return keys;
  for (const std::string& token : keys->access_keys_)
    if (token.size() < kTokenSizeMin)
      return Error::invalid(path + ": a token has at least " + std::to_string(kTokenSizeMin) +
                            " characters, as `openssl rand -hex 32` makes one");
  return keys;
}

bool AccessKeys::has_access_key(std::string_view key) const {
  // Of digests, so that neither content nor length shows in the time that it takes.
  const std::string wanted = sha256(key.substr(0, kAccessKeySizeMax));
  bool found = false;
  for (const std::string& known : access_keys_) {
    found |= ::CRYPTO_memcmp(sha256(known).data(), wanted.data(), wanted.size()) == 0;
  }
  return found && key.size() <= kAccessKeySizeMax;
}

const SigningKey* AccessKeys::find_signing_key(std::string_view access_key_id) const {
  const auto found = std::find_if(signing_keys_.begin(), signing_keys_.end(),
                                  [&](const SigningKey& key) { return key.access_key_id == access_key_id; });
  return found == signing_keys_.end() ? nullptr : &*found;
}

}  // namespace querymark
