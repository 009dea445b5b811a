// SPDX-License-Identifier: Apache-2.0
// RecordScanner against the slow reading of the rules, on each kind of vectors that this processor has, and
// against a full JSON parser.
#include "codec/record_reference.h"

#include <gtest/gtest.h>

#include <array>
#include <nlohmann/json.hpp>
#include <random>
#include <string>
#include <vector>

#include "codec/all_targets.h"
#include "codec/record_samples.h"
#include "codec/record_scanner.h"

namespace querymark {
namespace {

class ScannedItems {
 public:
  // All of `stream` in one chunk, its end followed by `behind`.
  explicit ScannedItems(std::string_view stream, MarkMembers members = MarkMembers::kVerdict,
                        char behind = '"') {
    buffer_.assign(stream).append(kScanPadding, behind);
    std::string_view rest = std::string_view(buffer_).substr(0, stream.size());
    RecordScanner scanner(members);
    std::array<ScannedRecord, 5> out;
    for (ScanStep step{out.size(), 0, 0}; step.count == out.size();) {
      step = scanner.scan(rest, true, out);
      for (size_t i = 0; i < step.count; ++i) {
        items_.push_back(describe_item(rest, out[i], stream.size() - rest.size()));
      }
      lines_ += step.lines;
      rest.remove_prefix(step.consumed);
    }
    EXPECT_TRUE(rest.empty());
    EXPECT_EQ(lines_, static_cast<uint64_t>(std::count(stream.begin(), stream.end(), '\n')));
  }
  const std::vector<std::string>& items() const { return items_; }

 private:
  std::string buffer_;
  std::vector<std::string> items_;
  uint64_t lines_ = 0;
};

void expect_reference(std::string_view stream, MarkMembers members = MarkMembers::kVerdict) {
  ASSERT_EQ(ScannedItems(stream, members).items(), RecordReference(stream, members).items()) << stream;
}

// All texts of up to `size_max` pieces, each behind what a record begins with and before what ends it.
void try_all(const std::vector<std::string_view>& pieces, size_t size_max, const std::string& text,
             const std::vector<std::pair<std::string, std::string>>& around) {
  for (const auto& [before, after] : around) expect_reference(std::string(before).append(text).append(after));
  if (size_max == 0 || testing::Test::HasFatalFailure()) return;
  for (std::string_view piece : pieces) {
    std::string longer = text;
    try_all(pieces, size_max - 1, longer.append(piece), around);
  }
}

TEST(RecordReference, AllSmallTexts) {
  try_all({"{", "}", "[", "]", "\"", ",", ":", "\\", "1", "\n", " "}, 5, "", {{"", ""}});
}

TEST(RecordReference, AllSmallValues) {
  on_all_targets([] {
    try_all({"{", "}", "[", "]", "\"a\"", ",", ":", "1"}, 5, "",
            {{"{\"query_name\":\"a\",\"b\":", "}"}, {"{\"query_name\":\"a\"", "}{\"query_name\":\"b\"}"}});
  });
}

TEST(RecordReference, AllSmallStrings) {
  try_all({"\"", "\\", "u", "0", "n", "\t", "\xFF"}, 6, "",
          {{"{\"query_name\":\"", "\"}"}, {"{\"", "\":1}"}});
}

// A place of damage in each byte of a block and over its end.
TEST(RecordReference, DamageAtEveryPlace) {
  on_all_targets([] {
    const std::string record = RecordSamples(3).next();
    for (size_t at = 0; at < record.size(); ++at) {
      for (const char c : std::string_view("{}[]\",:\\1 \n\t\0\x7F\xFF", 15)) {
        std::string damaged = record;
        damaged[at] = c;
        expect_reference(damaged.append("\n").append(record));
      }
    }
  });
}

// Keys, names and runs of backslashes that go through whole words of the masks.
TEST(RecordReference, StringsOfAnySize) {
  on_all_targets([] {
    for (size_t size = 0; size < 1200; size += size < 300 ? 1 : 61) {
      const std::string letters(size, 'k');
      const std::string backslashes(2 * size, '\\');
      std::string stream =
          R"({"KEY":1,"query_name":"KEY","b":{"KEY":["BACKSLASHES",{"BACKSLASHES":"KEY"}]}}{"KEY":})";
      for (size_t at = stream.find("KEY"); at != std::string::npos; at = stream.find("KEY", at)) {
        stream.replace(at, 3, letters);
      }
      for (size_t at = stream.find("BACKSLASHES"); at != std::string::npos;
           at = stream.find("BACKSLASHES", at)) {
        stream.replace(at, 11, backslashes);
      }
      expect_reference(stream);
      expect_reference(stream.substr(0, stream.size() - 1));
    }
  });
}

std::string mutate(std::string text, std::mt19937& random) {
  const auto below = [&](size_t bound) { return static_cast<size_t>(random() % bound); };
  constexpr std::string_view kBytes = "{}[]\",:\\ \n\r\t1anq_u0\0\xEF\xBB\xBF\x80";
  for (size_t count = below(4); count > 0 && !text.empty(); --count) {
    const size_t at = below(text.size());
    switch (below(6)) {
      case 0:
        text[at] = kBytes[below(kBytes.size())];
        break;
      case 1:
        text.insert(at, 1, kBytes[below(kBytes.size())]);
        break;
      case 2:
        text.erase(at, 1 + below(3));
        break;
      case 3:
        text.insert(at, text.substr(below(text.size()), below(200)));
        break;
      case 4:
        text.insert(at, below(2) == 0 ? R"("query_name":"x",)" : R"(,"isMatchedDomain":"N")");
        break;
      default:
        text.erase(at, below(100));
    }
  }
  return text;
}

TEST(RecordReference, MutatedStreams) {
  using Layout = RecordSamples::Layout;
  on_all_targets([] {
    std::mt19937 random(7);
    for (unsigned seed = 0; seed < 3000; ++seed) {
      RecordSamples samples(seed, std::array{Layout::kMinified, Layout::kSpaced, Layout::kPretty}[seed % 3]);
      const MarkMembers members = seed % 2 == 0 ? MarkMembers::kVerdict : MarkMembers::kAnnotated;
      expect_reference(mutate(samples.stream(1 + seed % 4), random), members);
      if (testing::Test::HasFatalFailure()) return;
    }
  });
}

TEST(RecordReference, WhatFollowsTheChunkDoesNotMatter) {
  const std::string stream = RecordSamples(1).stream(2);
  for (size_t size = 0; size <= stream.size(); ++size) {
    const std::string_view cut = std::string_view(stream).substr(0, size);
    const auto expected = RecordReference(cut, MarkMembers::kVerdict).items();
    for (const char behind : {'"', '}', '\\', '{', '\n'}) {
      ASSERT_EQ(ScannedItems(cut, MarkMembers::kVerdict, behind).items(), expected) << size;
    }
  }
}

// Where both are defined: a full parser takes what is a record, and finds the same name; what it takes is one
// item.
TEST(RecordReference, AgreesWithAFullParser) {
  std::mt19937 random(11);
  size_t taken = 0;
  for (unsigned seed = 0; seed < 20000; ++seed) {
    const std::string text = mutate(RecordSamples(seed).next(), random);
    const nlohmann::json parsed = nlohmann::json::parse(text, nullptr, false);
    if (parsed.is_discarded()) continue;
    ++taken;
    const std::vector<std::string> items = ScannedItems(text).items();
    ASSERT_EQ(items.size(), 1U) << text;
    const bool has_name =
        parsed.is_object() && parsed.contains("query_name") && parsed["query_name"].is_string();
    ASSERT_EQ(items[0].starts_with("record "), has_name) << text;
    if (has_name && items[0].find(" escapes") == std::string::npos) {
      ASSERT_TRUE(items[0].starts_with("record " + parsed["query_name"].get<std::string>())) << text;
    }
  }
  EXPECT_GT(taken, 5000U);
}

}  // namespace
}  // namespace querymark
