// SPDX-License-Identifier: Apache-2.0
// Random events against random tables, some of whose keys cannot be had, beside a slow and obvious reading of
// the same with a full JSON parser.
#include <gtest/gtest.h>

#include <algorithm>
#include <optional>
#include <random>
#include <set>
#include <string>
#include <vector>

#include "codec/gzip.h"
#include "dns/domain_name.h"
#include "lambda/stream_processor_fixture.h"

namespace querymark {
namespace {

using nlohmann::json;

std::string pick(std::mt19937& random, const std::vector<std::string>& choices) {
  return choices[random() % choices.size()];
}

std::string random_domain(std::mt19937& random) {
  return "d" + std::to_string(random() % 12) + pick(random, {".com", ".co.uk", ".github.io"});
}

std::string random_record(std::mt19937& random) {
  std::string name = pick(random, {"", "www.", "A.b."}) + random_domain(random) + pick(random, {"", "."});
  if (random() % 8 == 0) name = pick(random, {"localhost", "10.0.0.1", "a.b.invalid", ""});
  json record = {{"query_name", name}, {"srcport", "53"}, {"answers", json::array({{{"Rdata", "x\"{}"}}})}};
  if (random() % 4 == 0) record["isMatchedDomain"] = "N";
  if (random() % 4 == 0) record["z"] = {{"query_name", "nested"}};
  const std::string text = record.dump();
  switch (random() % 6) {
    case 0:
      return json{{"message", text}}.dump();
    case 1:
      return json{{"message", record}}.dump();
    default:
      return text;
  }
}

std::string random_payload(std::mt19937& random) {
  std::string payload;
  for (uint32_t lines = random() % 4; lines > 0; --lines) {
    payload += random() % 20 == 0 ? pick(random, {"nonsense", "[1]", "{}", "{\"query_name\":7}",
                                                  "{\"query_name\":\"d1.com\"", "{\"message\":\""})
                                  : random_record(random);
    payload += pick(random, {"\n", "\r\n", "\n\n"});
  }
  if (random() % 4 != 0) return payload;
  std::string out(gzip_size_max(payload.size()), '\0');
  return std::string(GzipWriter().compress(payload, out.data()));
}

// The lines of a payload, inflated, that are not empty.
std::vector<std::string> lines_of(const std::string& payload) {
  std::string text = payload;
  if (is_gzip(payload)) {
    text.resize(100'000);
    text.resize(GzipInflater().inflate(payload, text.data(), text.size())->produced);
  }
  std::vector<std::string> lines;
  std::string line;
  for (const char c : text) {
    if (c != '\n') {
      line += c;
      continue;
    }
    if (line.ends_with('\r')) line.pop_back();
    if (!line.empty()) lines.push_back(line);
    line.clear();
  }
  return lines;
}

// The record that a line is or wraps.
std::optional<json> record_of(const std::string& line) {
  json value = json::parse(line, nullptr, false);
  if (value.is_object() && !value.contains("query_name") && value.contains("message")) {
    json inside = value["message"];
    value = inside.is_string() ? json::parse(inside.get<std::string>()) : inside;
  }
  if (!value.is_object() || !value.contains("query_name") || !value["query_name"].is_string())
    return std::nullopt;
  return value;
}

struct Table {
  std::set<std::string> keys;
  std::set<std::string> lost;  // keys that are left over
};

// "Y", "N", or "?" where it cannot be known.
std::string verdict(const Table& table, const std::string& query_name) {
  const DomainName name = normalize_name(query_name);
  const std::string domain(name.ok() ? SuffixTable::built_in().registrable_domain(name.text()) : "");
  if (domain.empty()) return "N";
  if (table.lost.contains(domain)) return "?";
  if (!table.keys.contains(domain)) return "N";
  if (table.lost.contains("allow#" + domain)) return "?";
  return table.keys.contains("allow#" + domain) ? "N" : "Y";
}

void expect_answer(const Table& table, const std::string& payload, const std::string& answer) {
  std::vector<json> expected;
  for (const std::string& line : lines_of(payload)) {
    std::optional<json> record = record_of(line);
    const std::string verdict_known = record ? verdict(table, (*record)["query_name"]) : "?";
    if (verdict_known == "?") {
      EXPECT_EQ(answer, "ProcessingFailed " + payload);
      return;
    }
    (*record)["isMatchedDomain"] = verdict_known;
    expected.push_back(*std::move(record));
  }
  if (expected.empty()) {
    EXPECT_EQ(answer, "Dropped");
    return;
  }
  ASSERT_TRUE(answer.starts_with("Ok ")) << answer;
  ASSERT_TRUE(answer.ends_with('\n')) << answer;
  std::vector<json> marked_records;
  for (const std::string& line : lines_of(answer.substr(3))) marked_records.push_back(json::parse(line));
  EXPECT_EQ(marked_records, expected);
}

class StreamProcessorProperty : public StreamProcessorFixture {};

TEST_F(StreamProcessorProperty, AnswersAsASlowReadingDoes) {
  options_.table_retries = {1, std::chrono::milliseconds(1), std::chrono::milliseconds(1)};
  size_t failed_invocations = 0;
  for (unsigned seed = 1; seed <= 150; ++seed) {
    SCOPED_TRACE(seed);
    std::mt19937 random(seed);
    Table table;
    FakeDynamoDb fake;
    for (uint32_t entries = random() % 15; entries > 0; --entries) {
      table.keys.insert((random() % 4 == 0 ? "allow#" : "") + random_domain(random));
    }
    for (const std::string& key : table.keys) fake.put_name(key);
    for (uint32_t losses = random() % 4; losses > 0; --losses) {
      table.lost.insert((random() % 3 == 0 ? "allow#" : "") + random_domain(random));
    }
    fake.leave_over(table.lost);
    on_table_ = [&fake](const LoopbackRequest& request) { return fake.answer(request); };
    open();
    // Of the second event some names are cached.
    for (int event = 0; event < 2; ++event) {
      std::vector<std::string> payloads;
      for (uint32_t count = 1 + random() % 20; count > 0; --count) payloads.push_back(random_payload(random));
      const std::vector<std::string> answers = process(payloads);
      if (answers.size() == 1 && answers[0].starts_with("failed: ")) {
        EXPECT_FALSE(table.lost.empty());
        ++failed_invocations;
        continue;
      }
      ASSERT_EQ(answers.size(), payloads.size());
      for (size_t i = 0; i < payloads.size(); ++i) expect_answer(table, payloads[i], answers[i]);
    }
  }
  EXPECT_LT(failed_invocations, 30U);
}

}  // namespace
}  // namespace querymark
