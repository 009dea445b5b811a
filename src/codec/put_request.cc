// SPDX-License-Identifier: Apache-2.0
#include "codec/put_request.h"

#include "codec/json_cursor.h"
#include "codec/json_string.h"

namespace querymark {
namespace {

// How the three bodies name what they hold alike.
struct Names {
  std::string_view name;
  std::string_view record;   // one, an object
  std::string_view records;  // many, an array
  std::string_view data;
};
constexpr Names kPutRecord{"DeliveryStreamName", "Record", "", "Data"};
constexpr Names kPutRecordBatch{"DeliveryStreamName", "", "Records", "Data"};
constexpr Names kEndpoint{"requestId", "", "records", "data"};

class Parser {
 public:
  Parser(std::string_view body, const Names& names) : json_(body), names_(names) {}

  Result<PutRequest> parse() {
    json_.enter('{');
    for (std::string_view key; json_.next_member(key);) read_member(key);
    if (!json_.finish())
      return Error::invalid("no JSON as expected at byte " + std::to_string(json_.offset()));
    if (!has_records_) {
      const std::string_view missing = names_.record.empty() ? names_.records : names_.record;
      return Error::invalid("no member " + std::string(missing));
    }
    return std::move(request_);
  }

 private:
  static bool is(std::string_view key, std::string_view name) { return !name.empty() && key == name; }

  void read_member(std::string_view key) {
    if (is(key, names_.name)) {
      json_.read_text(request_.name);
    } else if (is(key, names_.record)) {
      begin_records();
      read_record();
    } else if (is(key, names_.records)) {
      begin_records();
      json_.enter('[');
      while (json_.next_element()) {
        if (!read_record()) return;
      }
    } else {
      json_.skip_value();
    }
  }

  void begin_records() {
    has_records_ = true;
    request_.data.clear();
  }

  bool read_record() {
    json_.enter('{');
    bool has_data = false;
    std::string_view data;
    for (std::string_view key; json_.next_member(key);) {
      if (is(key, names_.data)) {
        has_data = json_.read_string(data);
      } else {
        json_.skip_value();
      }
    }
    if (!has_data) return json_.refuse();
    request_.data.push_back(data);
    return !json_.failed();
  }

  JsonCursor json_;
  const Names& names_;
  PutRequest request_;
  bool has_records_ = false;
};

}  // namespace

Result<PutRequest> parse_put_record(std::string_view body) {
  return Parser(body, kPutRecord).parse();
}

Result<PutRequest> parse_put_record_batch(std::string_view body) {
  return Parser(body, kPutRecordBatch).parse();
}

Result<PutRequest> parse_endpoint_request(std::string_view body) {
  return Parser(body, kEndpoint).parse();
}

}  // namespace querymark
