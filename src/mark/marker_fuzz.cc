// SPDX-License-Identifier: Apache-2.0
// Any bytes as a stream: given in two pieces they are marked as in one, and in shared memory as in memory of
// our own; every record is accounted for; and what is marked once is marked the same again.
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "mark/marker.h"
#include "mark/test_lookup.h"

using namespace querymark;

static void require(bool condition) {
  if (!condition) std::abort();
}

struct Marked {
  std::string text;
  std::string rejects;
  std::string places;  // of the rejects, in their pieces
  MarkCounts counts;
};

static Marked mark_in_pieces(std::string_view bytes, size_t cut, bool annotate,
                             ChunkMemory memory = ChunkMemory::kOwn) {
  TestLookup lookup = evil_lookup();
  Marker marker(SuffixTable::built_in(), lookup, {.annotate = annotate});
  MarkedRecords out;
  ByteBuffer first;
  first.append(bytes.substr(0, cut));
  const Marker::Step step = marker.mark(first.view(), false, out, memory);
  require(step.consumed <= cut);
  ByteBuffer rest;
  rest.append(bytes.substr(step.consumed));
  require(marker.mark(rest.view(), true, out, memory).consumed == rest.size());

  Marked marked{std::string(out.text.view()), "", "", out.counts};
  for (const RejectedRecord& record : out.rejects) {
    marked.rejects += record.reason + ": " + record.bytes + "\n";
    marked.places += std::to_string(record.line) + " " + std::to_string(record.offset) + "\n";
  }
  const MarkCounts& counts = out.counts;
  require(counts.records == counts.matched + counts.unmatched + counts.rejected + counts.control);
  require(counts.rejected == out.rejects.size());
  return marked;
}

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  const size_t cut = size == 0 ? 0 : data[size - 1] % (size + 1);
  for (const bool annotate : {false, true}) {
    const Marked whole = mark_in_pieces(bytes, 0, annotate);
    const Marked pieces = mark_in_pieces(bytes, cut, annotate);
    require(whole.text == pieces.text);
    require(whole.rejects == pieces.rejects);
    const Marked shared = mark_in_pieces(bytes, cut, annotate, ChunkMemory::kShared);
    require(shared.text == pieces.text);
    require(shared.rejects == pieces.rejects);
    require(shared.places == pieces.places);
    require(mark_in_pieces(whole.text, 0, annotate).text == whole.text);
  }
  return 0;
}
