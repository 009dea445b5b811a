// SPDX-License-Identifier: Apache-2.0
// Any bytes as a stream of records: the items are those of the slow reading, however the stream is cut, and
// each byte is of one item or between them.
#include <array>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <vector>

#include "codec/record_reference.h"
#include "codec/record_scanner.h"

using namespace querymark;

static void require(bool condition) {
  if (!condition) std::abort();
}

// The items of a stream that is given in pieces of one size.
static std::vector<std::string> scan_pieces(std::string_view stream, size_t piece_size, MarkMembers members) {
  RecordScanner scanner(members);
  std::vector<std::string> items;
  std::array<ScannedRecord, 3> out;
  size_t begin = 0;
  uint64_t lines = 0;
  for (size_t end = 0; end < stream.size();) {
    end += std::min(piece_size, stream.size() - end);
    const bool last = end == stream.size();
    for (ScanStep step{out.size(), 0, 0}; step.count == out.size();) {
      // In memory of its own, so that a sanitizer sees what is read behind the padding.
      std::string chunk(stream.substr(begin, end - begin));
      const size_t size = chunk.size();
      chunk.append(kScanPadding, '"');
      step = scanner.scan(std::string_view(chunk).substr(0, size), last, out);
      size_t at = 0;
      for (size_t i = 0; i < step.count; ++i) {
        require(out[i].begin >= at && out[i].end > out[i].begin && out[i].end <= step.consumed);
        at = out[i].end;
        items.push_back(describe_item(chunk, out[i], begin));
      }
      begin += step.consumed;
      lines += step.lines;
    }
  }
  require(begin == stream.size());
  require(lines == static_cast<uint64_t>(std::count(stream.begin(), stream.end(), '\n')));
  return items;
}

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string_view stream(reinterpret_cast<const char*>(data), size);
  for (MarkMembers members : {MarkMembers::kVerdict, MarkMembers::kAnnotated}) {
    const std::vector<std::string> expected = RecordReference(stream, members).items();
    for (size_t piece_size : {size_t{1}, size_t{63}, size_t{64}, 1 + size / 3, size + 1}) {
      if (size / piece_size < 300) require(scan_pieces(stream, piece_size, members) == expected);
    }
  }
  return 0;
}
