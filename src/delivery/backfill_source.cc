// SPDX-License-Identifier: Apache-2.0
#include "delivery/backfill_source.h"

#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <ctime>
#include <filesystem>
#include <system_error>

#include "aws/s3_uri.h"

namespace querymark {
namespace {

namespace fs = std::filesystem;

// Numbers of a date in a text, and where they stand.
struct DateParts {
  int year = 0;
  int month = 1;
  int day = 1;
  int hour = 0;
  int minute = 0;
  int second = 0;

  std::optional<SystemTime> time() const {
    if (year < 1970 || month < 1 || month > 12 || day < 1 || day > 31 || hour > 23 || minute > 59 ||
        second > 60)
      return std::nullopt;
    std::tm parts{};
    parts.tm_year = year - 1900;
    parts.tm_mon = month - 1;
    parts.tm_mday = day;
    parts.tm_hour = hour;
    parts.tm_min = minute;
    parts.tm_sec = second;
    return std::chrono::system_clock::from_time_t(::timegm(&parts));
  }
};

// Reads `text` by a pattern of y M d H m s (a digit of that number each) and other characters, which stand
// for themselves.
std::optional<DateParts> read_date(std::string_view text, std::string_view pattern) {
  if (text.size() < pattern.size()) return std::nullopt;
  DateParts parts{0, 0, 0, 0, 0, 0};
  bool has_month = false;
  for (size_t i = 0; i < pattern.size(); ++i) {
    int* field = nullptr;
    switch (pattern[i]) {
      case 'y':
        field = &parts.year;
        break;
      case 'M':
        field = &parts.month;
        has_month = true;
        break;
      case 'd':
        field = &parts.day;
        break;
      case 'H':
        field = &parts.hour;
        break;
      case 'm':
        field = &parts.minute;
        break;
      case 's':
        field = &parts.second;
        break;
      default:
        if (text[i] != pattern[i]) return std::nullopt;
        continue;
    }
    if (text[i] < '0' || text[i] > '9') return std::nullopt;
    *field = *field * 10 + (text[i] - '0');
  }
  return has_month ? std::optional(parts) : std::nullopt;
}

// The last place of `text` that reads as the pattern.
std::optional<SystemTime> find_date(std::string_view text, std::string_view pattern) {
  for (size_t at = text.size(); at-- > 0;) {
    const std::optional<DateParts> parts = read_date(text.substr(at), pattern);
    if (parts && parts->time()) return parts->time();
  }
  return std::nullopt;
}

bool is_hidden(const std::string& name) {
  return name.substr(name.rfind('/') + 1).starts_with('.');
}

bool is_in(const TimeRange& range, SystemTime time) {
  return (!range.since || time >= *range.since) && (!range.until || time < *range.until);
}

class Lister {
 public:
  Lister(const TimeRange& range, AwsAccess& aws) : range_(range), aws_(aws) {}

  Result<void> add_place(const std::string& place) {
    if (S3Uri::is_one(place)) return add_s3(place);
    struct stat status {};
    if (::stat(place.c_str(), &status) != 0) return Error::from_errno(errno, "open " + place);
    if (!S_ISDIR(status.st_mode)) return add_file(place);
    std::error_code code;
    for (fs::recursive_directory_iterator at(place, code), end; !code && at != end; at.increment(code)) {
      if (!at->is_regular_file(code) || code) continue;
      Result<void> added = add_file(at->path());
      if (!added) return added;
    }
    return code ? Error::from_errno(code.value(), "read the folder " + place) : Result<void>();
  }

  std::vector<BackfillSource> sources() && {
    const auto by_name = [](const BackfillSource& a, const BackfillSource& b) { return a.name < b.name; };
    std::sort(sources_.begin(), sources_.end(), by_name);
    const auto same = [](const BackfillSource& a, const BackfillSource& b) { return a.name == b.name; };
    sources_.erase(std::unique(sources_.begin(), sources_.end(), same), sources_.end());
    return std::move(sources_);
  }

 private:
  void add(BackfillSource source, SystemTime changed) {
    if (is_hidden(source.name)) return;
    source.time = time_of_object(source.name).value_or(changed);
    if (is_in(range_, source.time)) sources_.push_back(std::move(source));
  }

  Result<void> add_file(const std::string& path) {
    std::error_code code;
    const std::string name = fs::canonical(path, code);
    struct stat status {};
    if (code || ::stat(name.c_str(), &status) != 0) return Error::from_errno(errno, "open " + path);
    const auto size = static_cast<uint64_t>(status.st_size);
    const std::string identity = std::to_string(size) + " " + std::to_string(status.st_mtim.tv_sec) + "." +
                                 std::to_string(status.st_mtim.tv_nsec);
    add({name, identity, size, {}}, std::chrono::system_clock::from_time_t(status.st_mtim.tv_sec));
    return {};
  }

  Result<void> add_s3(const std::string& place) {
    const Result<S3Uri> uri = S3Uri::parse(place);
    if (!uri) return uri.error();
    const Result<const S3*> s3 = aws_.s3();
    if (!s3) return s3.error();
    bool found = false;
    const auto on_object = [&](const S3ListedObject& object) -> Result<void> {
      if (object.key.ends_with('/') || (!uri->is_prefix() && object.key != uri->key)) return {};
      found = true;
      add({S3Uri{uri->bucket, object.key}.text(), object.etag, object.size, {}},
          parse_iso8601(object.last_modified).value_or(SystemTime()));
      return {};
    };
    const Result<void> listed = (*s3)->list(uri->bucket, uri->key, "", on_object, Deadline::never());
    if (!listed) return Error{listed.error().code, place + ": " + listed.error().detail};
    return found ? Result<void>() : Error{Errc::kNotFound, place + ": no such object"};
  }

  const TimeRange& range_;
  AwsAccess& aws_;
  std::vector<BackfillSource> sources_;
};

Result<UniqueFd> fetch(const BackfillSource& source, const S3& s3) {
  const Result<S3Uri> uri = S3Uri::parse(source.name);
  if (!uri) return uri.error();
  Result<UniqueFd> file = create_work_file();
  if (!file) return file.error();
  const HttpSink sink = [&file](std::string_view bytes) {
    return write_all(file->get(), bytes, "the fetched object");
  };
  const Result<S3ObjectInfo> got =
      s3.get({.bucket = uri->bucket, .key = uri->key, .if_match = source.identity}, sink, Deadline::never());
  if (!got) return Error{got.error().code, source.name + ": " + got.error().detail};
  if (::lseek(file->get(), 0, SEEK_SET) != 0) return Error::from_errno(errno, "read the fetched object");
  return file;
}

}  // namespace

std::optional<SystemTime> time_of_object(std::string_view name) {
  const size_t slash = name.rfind('/');
  const std::string_view base = name.substr(slash == std::string_view::npos ? 0 : slash + 1);
  for (const std::string_view pattern : {"_yyyyMMddTHHmmZ_", "-yyyy-MM-dd-HH-mm-ss-"})
    if (const std::optional<SystemTime> time = find_date(base, pattern)) return time;
  for (const std::string_view pattern : {"/yyyy/MM/dd/HH/", "/yyyy/MM/dd"})
    if (const std::optional<SystemTime> time = find_date(name, pattern)) return time;
  return std::nullopt;
}

Result<std::vector<BackfillSource>> list_backfill_sources(const std::vector<std::string>& places,
                                                          const TimeRange& range, AwsAccess& aws) {
  Lister lister(range, aws);
  for (const std::string& place : places)
    if (const Result<void> added = lister.add_place(place); !added) return added.error();
  return std::move(lister).sources();
}

Result<UniqueFd> open_source(const BackfillSource& source, const S3* s3) {
  return S3Uri::is_one(source.name) ? fetch(source, *s3) : open_for_reading(source.name);
}

}  // namespace querymark
