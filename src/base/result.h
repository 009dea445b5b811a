// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdlib>
#include <optional>
#include <string>
#include <utility>
#include <variant>

// Result<T>: a T, or the Error that kept it from being made. The members bear std::expected's names, so that
// Result can become an alias of it when the tools have it.
//
//   Result<std::string> text = read_file(path, size_max);
//   if (!text) return text.error();
//   use(*text);
namespace querymark {

// What a caller may do differently. The human reads Error::detail.
enum class Errc {
  kInvalid,      // the caller's or the user's input cannot mean anything: change it
  kNotFound,     // the named thing is not there
  kDenied,       // permissions
  kIo,           // the operating system failed: disk full, read error
  kClosed,       // the reader of our output has gone (EPIPE)
  kCorrupt,      // stored bytes do not have the form they must have
  kStale,        // readable, but made for another version of something: rebuild it
  kBusy,         // somebody else holds it, or a peer does not answer now; may work later
  kLimit,        // a documented bound was passed
  kUnsupported,  // meaningful, but not done here
};

struct Error {
  Errc code;
  std::string detail;  // one sentence without a final stop, naming the place: file, line, byte, field

  static Error invalid(std::string detail) { return {Errc::kInvalid, std::move(detail)}; }
  static Error corrupt(std::string detail) { return {Errc::kCorrupt, std::move(detail)}; }
  static Error stale(std::string detail) { return {Errc::kStale, std::move(detail)}; }
  static Error limit(std::string detail) { return {Errc::kLimit, std::move(detail)}; }
  static Error unsupported(std::string detail) { return {Errc::kUnsupported, std::move(detail)}; }
  // `what`: operation and path. The code follows errno_value; its text is added.
  static Error from_errno(int errno_value, std::string what);
};

template <typename T>
class [[nodiscard]] Result {
 public:
  // NOLINTBEGIN(google-explicit-constructor): a function returns either without ceremony.
  Result(T value) : state_(std::in_place_index<0>, std::move(value)) {}
  Result(Error error) : state_(std::in_place_index<1>, std::move(error)) {}
  // NOLINTEND(google-explicit-constructor)

  bool has_value() const { return state_.index() == 0; }
  explicit operator bool() const { return has_value(); }

  // REQUIRES: has_value(). Anything else is our own mistake and stops the program.
  T& value() & { return checked(); }
  T&& value() && { return std::move(checked()); }
  const T& value() const& { return const_cast<Result*>(this)->checked(); }
  T& operator*() & { return checked(); }
  T&& operator*() && { return std::move(checked()); }
  const T& operator*() const& { return value(); }
  T* operator->() { return &checked(); }
  const T* operator->() const { return &value(); }

  // REQUIRES: !has_value().
  const Error& error() const {
    if (has_value()) std::abort();
    return *std::get_if<1>(&state_);
  }

 private:
  T& checked() {
    if (!has_value()) std::abort();
    return *std::get_if<0>(&state_);
  }
  std::variant<T, Error> state_;
};

template <>
class [[nodiscard]] Result<void> {
 public:
  Result() = default;
  Result(Error error) : error_(std::move(error)) {}  // NOLINT(google-explicit-constructor)

  bool has_value() const { return !error_.has_value(); }
  explicit operator bool() const { return has_value(); }
  const Error& error() const {
    if (has_value()) std::abort();
    return *error_;
  }

 private:
  std::optional<Error> error_;
};

}  // namespace querymark
