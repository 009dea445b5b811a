// SPDX-License-Identifier: Apache-2.0
#include "lists/line_cutter.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "lists/list_reader.h"

namespace querymark {
namespace {

// The lines, each in brackets; "!" before those that are too long.
std::string cut(std::string_view bytes, size_t piece_size, char line_end = '\n') {
  LineCutter cutter;
  cutter.set_line_end(line_end);
  std::string lines;
  const auto show = [&lines](const CutLine& line) {
    lines += (line.too_long ? "![" : "[") + std::string(line.text) + "]";
  };
  while (!bytes.empty()) {
    bytes.remove_prefix(cutter.append(bytes.substr(0, piece_size)));
    while (const std::optional<CutLine> line = cutter.next()) show(*line);
  }
  if (const std::optional<CutLine> line = cutter.last()) show(*line);
  return lines;
}

TEST(LineCutter, CutsAtLineEndsHoweverTheBytesCome) {
  for (size_t piece_size = 1; piece_size < 12; ++piece_size) {
    EXPECT_EQ(cut("a\nbc\r\n\nd", piece_size), "[a][bc][][d]");
    EXPECT_EQ(cut("a\nb\n", piece_size), "[a][b]");
    EXPECT_EQ(cut("a\rb\r", piece_size), "[a\rb]");
    EXPECT_EQ(cut("a\rbc\r\rd", piece_size, '\r'), "[a][bc][][d]");
    EXPECT_EQ(cut("", piece_size), "");
  }
}

TEST(LineCutter, ALineOfTheGreatestSizeIsWhole) {
  const std::string line(kListLineSizeMax, 'x');
  for (const size_t piece_size : {size_t{1000}, size_t{4} << 20})
    EXPECT_EQ(cut("a\n" + line + "\nb\n", piece_size), "[a][" + line + "][b]");
}

TEST(LineCutter, OfALongerLineOnlyTheBeginningIsGiven) {
  const std::string beginning(256, 'x');
  for (const size_t size : {kListLineSizeMax + 1, kListLineSizeMax * 3}) {
    const std::string line(size, 'x');
    for (const size_t piece_size : {size_t{1000}, size_t{100000}, size_t{8} << 20}) {
      EXPECT_EQ(cut("a\n" + line + "\nb\n", piece_size), "[a]![" + beginning + "][b]");
      EXPECT_EQ(cut(line, piece_size), "![" + beginning + "]");
      EXPECT_EQ(cut(line + "\n" + line + "\n", piece_size), "![" + beginning + "]![" + beginning + "]");
    }
  }
}

}  // namespace
}  // namespace querymark
