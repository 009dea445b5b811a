// SPDX-License-Identifier: Apache-2.0
#include "lists/list_reader.h"

#include <gtest/gtest.h>

#include <fstream>
#include <vector>

#include "lists/transcript.h"

namespace querymark {
namespace {

using namespace std::string_literals;

ListReaderOptions as(ListFormat format) {
  ListReaderOptions options;
  options.format = format;
  return options;
}

const std::vector<std::string>& small_lists() {
  static const std::vector<std::string> lists = {
      "\xEF\xBB\xBF# note\r\n0.0.0.0 evil.com bad.net # x\r\n\r\n127.0.0.1 localhost\r\n",
      "evil.com\r*.пример.рф\rugly.org",
      "[Adblock Plus 2.0]\n! x\n||evil.com^\n@@||good.com^\n||a.com/b\n",
      "$ORIGIN rpz.net.\n@ SOA a. b. (\n 1 2 ) ; x\n NS c.\nevil.com A 192.0.2.1\n AAAA ::1\n",
      "# id,url\n\"1\",\"hxxp://evil[.]com/x\"\n\"a\n\"\"b\",\"bad.net\"\n",
      "address=/evil.com/bad.net/#\nno-resolv\n",
      "server:\n local-zone: \"evil.com.\" always_null\nlocal-data: 'bad.net A ::'\n",
      "Seen: evil[.]com, hxxp://192.0.2.1/x.sh and “пример.рф”; mail x@bad.net\n",
      "evil.com\n\0bad.net\n"s,
      "<html>",
      "",
  };
  return lists;
}

TEST(ListReader, BytesMayBeCutAnywhere) {
  for (const std::string& list : small_lists()) {
    const std::string whole = transcribe(list, {});
    for (size_t piece_size = 1; piece_size <= list.size(); ++piece_size)
      EXPECT_EQ(transcribe(list, {}, piece_size), whole) << "pieces of " << piece_size << " of " << list;
  }
}

TEST(ListReader, BytesMayBeCutAnywhereBeyondTheHead) {
  std::string list;
  for (int i = 0; list.size() < 200000; ++i) list += "0.0.0.0 host" + std::to_string(i) + ".evil.com\n";
  const std::string whole = transcribe(list, {});
  EXPECT_NE(whole.find("\n5000 host4999.evil.com exact\n"), std::string::npos);
  for (const size_t piece_size : {size_t{1}, size_t{63}, size_t{65535}, size_t{65536}, size_t{65537}})
    EXPECT_EQ(transcribe(list, {}, piece_size), whole) << piece_size;
}

TEST(ListReader, CountsLinesAndNames) {
  Transcript transcript;
  ListReader reader({}, SuffixTable::built_in(), transcript, "list");
  ASSERT_TRUE(reader.feed("# note\n\nevil.com\nx.lan\n0.0.0.0 a.com b.com"));
  EXPECT_EQ(reader.format(), ListFormat::kAuto);
  ASSERT_TRUE(reader.finish());
  EXPECT_EQ(reader.counts().lines, 5);
  EXPECT_EQ(reader.counts().names_found, 4);
  EXPECT_EQ(reader.format(), ListFormat::kHosts);
  EXPECT_EQ(reader.format_reason(), "auto: 1 of the first 3 lines are hosts lines");
}

TEST(ListReader, AnEmptyFileIsNoError) {
  for (const char* list : {"", "\xEF\xBB\xBF", "\n\n", "# nothing\n"})
    EXPECT_EQ(transcribe(list, {}), "") << list;
}

TEST(ListReader, WhatIsNoListIsRefusedWhateverTheFormat) {
  for (const ListFormat format :
       {ListFormat::kAuto, ListFormat::kText, ListFormat::kHosts, ListFormat::kCsv}) {
    EXPECT_EQ(transcribe("\n<!DOCTYPE html>\n<a href=\"http://good.com\">", as(format)),
              "error: list: this is an HTML page, not a list (it begins with \"<!DOCTYPE html>\")");
    EXPECT_EQ(transcribe("evil.com\n\0"s, as(format)),
              "error: list: this is a binary file, not a list (a NUL byte at byte 9)");
  }
}

TEST(ListReader, ANulByteBeyondTheHeadIsRefused) {
  std::string list;
  while (list.size() < 300000) list += "evil.com\n";
  list[200000] = '\0';
  for (const size_t piece_size : {size_t{4096}, list.size()})
    EXPECT_NE(transcribe(list, {}, piece_size).find("NUL byte"), std::string::npos) << piece_size;
}

TEST(ListReader, IcannSuffixesAreTakenOnlyByForce) {
  ListReaderOptions options = as(ListFormat::kDomains);
  EXPECT_EQ(transcribe("com\nco.uk\ngithub.io\n", options),
            "1 icann_suffix: com\n2 icann_suffix: co.uk\n3 github.io exact suffix\n");
  options.take_icann_suffixes = true;
  EXPECT_EQ(transcribe("com\nco.uk\ngithub.io\n", options),
            "1 com exact suffix\n2 co.uk exact suffix\n3 github.io exact suffix\n");
}

TEST(ListReader, PrivateSuffixesAreOrdinaryNamesWhereOnlyIcannsAreAsked) {
  const SuffixTable icann = SuffixTable::built_in().with_sections(SuffixSections::kIcann);
  Transcript transcript;
  ListReader reader(as(ListFormat::kDomains), icann, transcript, "list");
  ASSERT_TRUE(reader.feed("github.io"));
  ASSERT_TRUE(reader.finish());
  EXPECT_EQ(transcript.text(), "1 github.io exact\n");
}

TEST(ListReader, ALineThatIsTooLongIsSkippedAndCounted) {
  const std::string beginning = "evil.com " + std::string(247, 'x');
  const std::string list = "a.com\nevil.com " + std::string(kListLineSizeMax, 'x') + "\nb.com\n";
  for (const size_t piece_size : {size_t{5000}, list.size()})
    EXPECT_EQ(transcribe(list, as(ListFormat::kDomains), piece_size),
              "1 a.com exact\n2 line_too_long: " + beginning + "\n3 b.com exact\n");
}

TEST(ListReader, ASkipShowsAtMost256Bytes) {
  const std::string line(1000, 'x');
  EXPECT_EQ(transcribe(line, as(ListFormat::kDomains)), "1 not_host_name: " + line.substr(0, 256) + "\n");
}

class RegistrableDomains final : public ListSink {
 public:
  void entry(const ListEntry& entry) override { text += std::string(entry.registrable_domain) + "\n"; }
  void skip(const ListSkip&) override {}
  std::string text;
};

TEST(ListReader, GivesEachEntrysRegistrableDomain) {
  RegistrableDomains domains;
  ListReader reader(as(ListFormat::kDomains), SuffixTable::built_in(), domains, "list");
  ASSERT_TRUE(reader.feed("a.b.evil.co.uk\nx.github.io\ngithub.io\nwww.ck\n"));
  ASSERT_TRUE(reader.finish());
  EXPECT_EQ(domains.text, "evil.co.uk\nx.github.io\ngithub.io\nwww.ck\n");
}

class CountingSink final : public ListSink {
 public:
  void entry(const ListEntry&) override { ++entries; }
  void skip(const ListSkip&) override {}
  uint64_t entries = 0;
};

uint64_t resident_bytes() {
  uint64_t total_pages = 0;
  uint64_t resident_pages = 0;
  std::ifstream("/proc/self/statm") >> total_pages >> resident_pages;
  return resident_pages * 4096;
}

TEST(ListReader, MemoryIsBoundedWhateverTheSize) {
  CountingSink sink;
  ListReader reader({}, SuffixTable::built_in(), sink, "list");
  std::string piece;
  for (int i = 0; i < 5000; ++i) piece += "0.0.0.0 host" + std::to_string(i) + ".evil.com\n";
  ASSERT_TRUE(reader.feed(piece));
  const uint64_t before = resident_bytes();
  for (int i = 1; i < 400; ++i) ASSERT_TRUE(reader.feed(piece));
  ASSERT_TRUE(reader.finish());
  EXPECT_EQ(sink.entries, 2000000);
  EXPECT_LT(resident_bytes(), before + (4 << 20));
}

}  // namespace
}  // namespace querymark
