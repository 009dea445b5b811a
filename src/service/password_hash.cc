// SPDX-License-Identifier: Apache-2.0
#include "service/password_hash.h"

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/rand.h>

#include <charconv>
#include <cstdlib>
#include <vector>

#include "aws/digest.h"

namespace querymark {
namespace {

constexpr size_t kSaltSize = 16;
constexpr size_t kKeySize = 32;
constexpr uint64_t kMemoryMax = uint64_t{128} << 20;

struct Parameters {
  unsigned log2_n = 15;
  unsigned r = 8;
  unsigned p = 1;

  uint64_t memory() const { return uint64_t{128} * r * ((uint64_t{1} << log2_n) + p + 2); }
  bool are_bearable() const {
    return log2_n >= 10 && log2_n <= 20 && r >= 1 && r <= 32 && p >= 1 && p <= 16 && memory() <= kMemoryMax;
  }
};

struct ParsedHash {
  Parameters parameters;
  std::string_view salt;  // hex digits, as the key
  std::string_view key;
};

std::vector<std::string_view> split(std::string_view text) {
  std::vector<std::string_view> parts;
  for (;;) {
    const size_t colon = text.find(':');
    parts.push_back(text.substr(0, colon));
    if (colon == std::string_view::npos) return parts;
    text.remove_prefix(colon + 1);
  }
}

bool read_number(std::string_view text, unsigned& number) {
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  return error == std::errc() && end == text.data() + text.size();
}

bool is_hex(std::string_view text, size_t bytes) {
  return text.size() == 2 * bytes && text.find_first_not_of("0123456789abcdef") == std::string_view::npos;
}

bool parse(std::string_view hash, ParsedHash& parsed) {
  const std::vector<std::string_view> parts = split(hash);
  if (parts.size() != 6 || parts[0] != "scrypt") return false;
  Parameters& parameters = parsed.parameters;
  if (!read_number(parts[1], parameters.log2_n) || !read_number(parts[2], parameters.r) ||
      !read_number(parts[3], parameters.p) || !parameters.are_bearable())
    return false;
  parsed.salt = parts[4];
  parsed.key = parts[5];
  return is_hex(parsed.salt, kSaltSize) && is_hex(parsed.key, kKeySize);
}

// In hex digits. The salt is taken as its digits stand.
std::string derive(std::string_view password, std::string_view salt, const Parameters& parameters) {
  std::string key(kKeySize, '\0');
  const int done =
      EVP_PBE_scrypt(password.data(), password.size(), reinterpret_cast<const unsigned char*>(salt.data()),
                     salt.size(), uint64_t{1} << parameters.log2_n, parameters.r, parameters.p,
                     2 * kMemoryMax, reinterpret_cast<unsigned char*>(key.data()), key.size());
  if (done != 1) std::abort();
  return to_hex(key);
}

}  // namespace

std::string random_hex(size_t size) {
  std::string bytes(size, '\0');
  if (RAND_bytes(reinterpret_cast<unsigned char*>(bytes.data()), static_cast<int>(size)) != 1) std::abort();
  return to_hex(bytes);
}

std::string hash_password(std::string_view password) {
  const Parameters parameters;
  const std::string salt = random_hex(kSaltSize);
  return "scrypt:" + std::to_string(parameters.log2_n) + ":" + std::to_string(parameters.r) + ":" +
         std::to_string(parameters.p) + ":" + salt + ":" + derive(password, salt, parameters);
}

bool is_password_hash(std::string_view hash) {
  ParsedHash parsed;
  return parse(hash, parsed);
}

bool password_fits(std::string_view password, std::string_view hash) {
  ParsedHash parsed;
  if (!parse(hash, parsed)) return false;
  const std::string key = derive(password, parsed.salt, parsed.parameters);
  return CRYPTO_memcmp(key.data(), parsed.key.data(), key.size()) == 0;
}

}  // namespace querymark
