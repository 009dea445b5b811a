// SPDX-License-Identifier: Apache-2.0
#include "delivery/object_name.h"

#include <openssl/rand.h>

#include <algorithm>
#include <cstdlib>
#include <ctime>

#include "aws/digest.h"

namespace querymark {
namespace {

constexpr size_t kUuidSize = 36;
constexpr size_t kRandomStringSize = 11;
constexpr size_t kStreamNameSizeMax = 64;
constexpr std::string_view kTimeForm = "YYYY-MM-dd-HH-mm-ss";
constexpr std::string_view kDefaultTimestamp = "yyyy/MM/dd/HH/";
constexpr const char* kTimeFormat = "%Y-%m-%d-%H-%M-%S";

bool is_letter(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

bool is_uuid(std::string_view text) {
  if (text.size() != kUuidSize) return false;
  for (size_t i = 0; i < text.size(); ++i) {
    const bool dash = i == 8 || i == 13 || i == 18 || i == 23;
    const bool hex = (text[i] >= '0' && text[i] <= '9') || (text[i] >= 'a' && text[i] <= 'f');
    if (dash ? text[i] != '-' : !hex) return false;
  }
  return true;
}

std::tm utc(SystemTime time) {
  const std::time_t seconds = std::chrono::system_clock::to_time_t(time);
  std::tm parts{};
  ::gmtime_r(&seconds, &parts);
  return parts;
}

// The field that a letter of a timestamp's format stands for; nothing for letters that are none of ours.
std::optional<int> field(char letter, const std::tm& time) {
  switch (letter) {
    case 'y':
      return time.tm_year + 1900;
    case 'M':
      return time.tm_mon + 1;
    case 'd':
      return time.tm_mday;
    case 'D':
      return time.tm_yday + 1;
    case 'H':
      return time.tm_hour;
    case 'm':
      return time.tm_min;
    case 's':
      return time.tm_sec;
    default:
      return std::nullopt;
  }
}

void append_field(char letter, size_t width, const std::tm& time, std::string& out) {
  int value = *field(letter, time);
  if (letter == 'y' && width == 2) value %= 100;
  const std::string digits = std::to_string(value);
  out.append(width > digits.size() ? width - digits.size() : 0, '0');
  out += digits;
}

// The quoted text that begins at `at`, and the place behind its closing quote; two quotes stand for one.
size_t append_quoted(std::string_view format, size_t at, std::string& out) {
  if (format.substr(at, 2) == "''") {
    out += '\'';
    return at + 2;
  }
  for (++at; at < format.size(); ++at) {
    if (format[at] != '\'') {
      out += format[at];
    } else if (format.substr(at, 2) == "''") {
      out += format[at++];
    } else {
      break;
    }
  }
  return at + 1;
}

std::string format_timestamp(std::string_view format, SystemTime time) {
  const std::tm parts = utc(time);
  std::string out;
  for (size_t at = 0; at < format.size();) {
    if (format[at] == '\'') {
      at = append_quoted(format, at, out);
    } else if (is_letter(format[at])) {
      const size_t end = std::min(format.find_first_not_of(format[at], at), format.size());
      append_field(format[at], end - at, parts, out);
      at = end;
    } else {
      out += format[at++];
    }
  }
  return out;
}

Result<void> check_timestamp(std::string_view format) {
  if (format.empty()) return Error::invalid("an empty timestamp format");
  for (size_t at = 0; at < format.size(); ++at) {
    if (format[at] == '\'') {
      at = format.find('\'', at + 1);
      if (at == std::string_view::npos)
        return Error::invalid("a quote is left open in " + std::string(format));
    } else if (format[at] == 'Y') {
      return Error::invalid("Y is the year of a week: write yyyy");
    } else if (is_letter(format[at]) && !field(format[at], std::tm{})) {
      return Error::invalid("timestamps know no letter " + std::string(1, format[at]));
    }
  }
  return {};
}

Result<void> check_key(std::string_view prefix) {
  if (prefix.starts_with('/')) return Error::invalid("keys begin with no /");
  for (size_t at = 0; at <= prefix.size();) {
    const size_t end = std::min(prefix.find('/', at), prefix.size());
    const std::string_view segment = prefix.substr(at, end - at);
    if (segment == ".." || segment == ".") return Error::invalid("no part of a key may be . or ..");
    at = end + 1;
  }
  if (std::any_of(prefix.begin(), prefix.end(), [](unsigned char c) { return c < 0x20 || c == 0x7f; }))
    return Error::invalid("control characters have no place in a key");
  return {};
}

}  // namespace

std::string ObjectName::text() const {
  const std::tm parts = utc(time);
  char at[sizeof "YYYY-MM-dd-HH-mm-ss"];
  const size_t size = std::strftime(at, sizeof at, kTimeFormat, &parts);
  return stream + "-1-" + std::string(at, size) + "-" + uuid;
}

std::optional<ObjectName> ObjectName::parse(std::string_view text) {
  const size_t tail = kTimeForm.size() + 1 + kUuidSize;
  if (text.size() <= tail) return std::nullopt;
  std::string_view stream = text.substr(0, text.size() - tail);
  const std::string time_text(text.substr(stream.size(), kTimeForm.size()));
  const std::string_view uuid = text.substr(text.size() - kUuidSize);
  if (!stream.ends_with("-1-") || !is_uuid(uuid)) return std::nullopt;
  stream.remove_suffix(3);
  if (!is_stream_name(stream)) return std::nullopt;
  std::tm parts{};
  const char* end = ::strptime(time_text.c_str(), kTimeFormat, &parts);
  if (end == nullptr || *end != '\0') return std::nullopt;
  ObjectName name{std::string(stream), std::chrono::system_clock::from_time_t(::timegm(&parts)),
                  std::string(uuid)};
  if (name.text() != text) return std::nullopt;
  return name;
}

std::string new_uuid() {
  unsigned char bytes[16];
  if (::RAND_bytes(bytes, sizeof bytes) != 1) std::abort();
  bytes[6] = static_cast<unsigned char>((bytes[6] & 0x0f) | 0x40);
  bytes[8] = static_cast<unsigned char>((bytes[8] & 0x3f) | 0x80);
  std::string text = to_hex({reinterpret_cast<const char*>(bytes), sizeof bytes});
  for (const size_t dash : {8, 13, 18, 23}) text.insert(dash, 1, '-');
  return text;
}

ObjectName new_object_name(std::string_view stream, SystemTime now) {
  return {std::string(stream), std::chrono::floor<std::chrono::seconds>(now), new_uuid()};
}

bool is_stream_name(std::string_view text) {
  if (text.empty() || text.size() > kStreamNameSizeMax) return false;
  return std::all_of(text.begin(), text.end(), [](char c) {
    return is_letter(c) || (c >= '0' && c <= '9') || c == '_' || c == '.' || c == '-';
  });
}

Result<ObjectPrefix::Piece> ObjectPrefix::parse_expression(std::string_view expression, Kind kind) {
  constexpr std::string_view kTimestamp = "timestamp:";
  if (expression.starts_with(kTimestamp)) {
    expression.remove_prefix(kTimestamp.size());
    if (const Result<void> checked = check_timestamp(expression); !checked) return checked.error();
    return Piece{PieceKind::kTimestamp, std::string(expression)};
  }
  if (expression == "firehose:random-string") return Piece{PieceKind::kRandomString, {}};
  if (expression == "firehose:error-output-type") {
    if (kind == Kind::kErrors) return Piece{PieceKind::kErrorOutputType, {}};
    return Error::invalid("!{firehose:error-output-type} is for the error prefix");
  }
  return Error::invalid("unknown expression !{" + std::string(expression) +
                        "}: write !{timestamp:…}, !{firehose:random-string} or "
                        "!{firehose:error-output-type}");
}

Result<ObjectPrefix> ObjectPrefix::parse(std::string_view text, Kind kind) {
  const auto refuse = [text](const std::string& why) {
    return Error::invalid("prefix " + std::string(text) + ": " + why);
  };
  if (text.size() > kPrefixSizeMax) return refuse("longer than 1024 characters");
  ObjectPrefix prefix;
  for (std::string_view rest = text; !rest.empty();) {
    const size_t begin = std::min(rest.find("!{"), rest.size());
    if (begin > 0) prefix.pieces_.push_back({PieceKind::kText, std::string(rest.substr(0, begin))});
    rest.remove_prefix(begin);
    if (rest.empty()) break;
    const size_t end = rest.find('}');
    if (end == std::string_view::npos) return refuse("an expression is left open");
    Result<Piece> piece = parse_expression(rest.substr(2, end - 2), kind);
    if (!piece) return refuse(piece.error().detail);
    prefix.pieces_.push_back(*std::move(piece));
    rest.remove_prefix(end + 1);
  }
  const bool has_expressions = prefix.has(PieceKind::kTimestamp) || prefix.has(PieceKind::kRandomString);
  if (kind == Kind::kErrors && has_expressions && !prefix.has(PieceKind::kErrorOutputType))
    return refuse("an error prefix with expressions needs !{firehose:error-output-type}");
  if (!prefix.has(PieceKind::kTimestamp))
    prefix.pieces_.push_back({PieceKind::kTimestamp, std::string(kDefaultTimestamp)});
  const std::string sample = prefix.at(new_object_name("s", SystemTime()), "processing-failed");
  if (sample.size() > kKeyPrefixSizeMax) return refuse("longer than 512 characters when evaluated");
  if (const Result<void> checked = check_key(sample); !checked) return refuse(checked.error().detail);
  return prefix;
}

bool ObjectPrefix::has(PieceKind kind) const {
  return std::any_of(pieces_.begin(), pieces_.end(), [kind](const Piece& p) { return p.kind == kind; });
}

std::string ObjectPrefix::at(const ObjectName& name, std::string_view error_output_type) const {
  std::string out;
  for (const Piece& piece : pieces_) {
    switch (piece.kind) {
      case PieceKind::kText:
        out += piece.text;
        break;
      case PieceKind::kTimestamp:
        out += format_timestamp(piece.text, name.time);
        break;
      case PieceKind::kRandomString: {
        // Of the object's own randomness: it has the same key each time it is delivered.
        std::string random = name.uuid;
        std::erase(random, '-');
        out += random.substr(0, kRandomStringSize);
        break;
      }
      case PieceKind::kErrorOutputType:
        out += error_output_type;
        break;
    }
  }
  return out;
}

}  // namespace querymark
