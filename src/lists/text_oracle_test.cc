// SPDX-License-Identifier: Apache-2.0
// The text reader against the reference's regular expression, over texts where that expression is right:
// lower case, ASCII, single hyphens, no paths, no mail addresses, no names of files.
#include <gtest/gtest.h>

#include <cctype>
#include <random>
#include <regex>
#include <set>
#include <string>

#include "lists/transcript.h"

namespace querymark {
namespace {

class Names final : public ListSink {
 public:
  void entry(const ListEntry& entry) override { names.emplace(entry.name); }
  void skip(const ListSkip&) override {}
  std::set<std::string> names;
};

std::set<std::string> names_by_reader(const std::string& text) {
  Names sink;
  ListReaderOptions options;
  options.format = ListFormat::kText;
  ListReader reader(options, SuffixTable::built_in(), sink, "text");
  EXPECT_TRUE(reader.feed(text) && reader.finish());
  return sink.names;
}

// Whether the name that ends at `end` goes on: the expression cuts "a.az-b.x" to "a.az".
bool goes_on(const std::string& text, size_t end) {
  const std::string after = text.substr(end, 2);
  return after.starts_with('-') || (after.size() == 2 && after[0] == '.' && std::isalnum(after[1]) != 0);
}

// What the reference imports, but for names that are ICANN suffixes, and beginnings of longer names.
std::set<std::string> names_by_expression(const std::string& text) {
  static const std::regex expression("(\\b(?:[a-z0-9]+(?:-[a-z0-9]+)*\\.)+[a-z]{2,}\\b)");
  std::set<std::string> names;
  for (std::sregex_iterator it(text.begin(), text.end(), expression), end; it != end; ++it) {
    const std::string name = it->str();
    if (goes_on(text, static_cast<size_t>(it->position() + it->length()))) continue;
    const SuffixMatch match = SuffixTable::built_in().find(name);
    const bool icann_suffix = match.suffix_begin == 0 && match.section == SuffixSection::kIcann;
    if (match.found && !icann_suffix) names.insert(name);
  }
  return names;
}

class TextMaker {
 public:
  explicit TextMaker(uint64_t seed) : random_(seed) {}

  std::string text() {
    std::string text;
    for (uint64_t i = 0, count = random_() % 20; i < count; ++i) text += piece() + separator();
    return text;
  }

 private:
  std::string piece() {
    switch (random_() % 8) {
      case 0:
        return word();
      case 1:
        return std::to_string(random_() % 300) + "." + std::to_string(random_() % 300);
      case 2:
        return "http://" + name() + (random_() % 2 == 0 ? " " : "/ ");
      case 3:
        return name() + ".";
      default:
        return name();
    }
  }

  std::string name() {
    static constexpr const char* kEnds[] = {"com",     "net", "co.uk", "github.io", "de",
                                            "invalid", "x",   "ck",    "c0m"};
    std::string name;
    for (uint64_t i = 0, labels = random_() % 4; i < labels; ++i) name += word() + ".";
    return name + kEnds[random_() % std::size(kEnds)];
  }

  std::string word() {
    static constexpr char kBytes[] = "abcxyz0189";
    std::string word;
    for (uint64_t i = 0, size = 1 + random_() % 8; i < size; ++i) {
      const bool hyphen = i != 0 && i + 1 != size && word.back() != '-' && random_() % 6 == 0;
      word += hyphen ? '-' : kBytes[random_() % (std::size(kBytes) - 1)];
    }
    return word;
  }

  std::string separator() {
    static constexpr const char* kSeparators[] = {" ",    "\n",   "\t",  ", ", ",",   ";",   " | ", "\"",
                                                  " (",   ") ",   "<",   ">",  " = ", "...", "'",   ": ",
                                                  "\n\n", "\r\n", " - ", "*",  "^",   "&",   "~",   "+ "};
    return kSeparators[random_() % std::size(kSeparators)];
  }

  std::mt19937_64 random_;
};

TEST(TextOracle, TheReferencesExpressionFindsTheSameNames) {
  size_t found = 0;
  for (uint64_t seed = 0; seed < 5000; ++seed) {
    const std::string text = TextMaker(seed).text();
    const std::set<std::string> expected = names_by_expression(text);
    ASSERT_EQ(names_by_reader(text), expected) << "seed " << seed << ":\n" << text;
    found += expected.size();
  }
  EXPECT_GT(found, 10000U);
}

}  // namespace
}  // namespace querymark
