// SPDX-License-Identifier: Apache-2.0
// Any bytes as a gzip stream: inflated in pieces they give what they give in one, the same error included;
// and the bytes themselves come back from the members that they are compressed to.
#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <string>

#include "codec/gzip.h"

using namespace querymark;

static constexpr size_t kOutputMax = size_t{1} << 22;

static void require(bool condition) {
  if (!condition) std::abort();
}

struct Inflated {
  std::string data;
  std::string error;
};

static Inflated inflate_pieces(std::string_view in, size_t piece_size, size_t room) {
  GzipInflater inflater;
  Inflated result;
  std::string out(room, '\0');
  std::string_view piece;
  while (result.data.size() < kOutputMax) {
    if (piece.empty()) {
      piece = in.substr(0, piece_size);
      in.remove_prefix(piece.size());
    }
    const Result<GzipProgress> progress = inflater.inflate(piece, out.data(), out.size());
    if (!progress) break;
    result.data.append(out, 0, progress->produced);
    piece.remove_prefix(progress->consumed);
    if (progress->produced < room && piece.empty() && in.empty()) break;
  }
  if (result.data.size() >= kOutputMax) {
    result.data.resize(kOutputMax);
  } else if (const Result<void> finished = inflater.finish(); !finished) {
    result.error = finished.error().detail;
  }
  return result;
}

// How far ISA-L had read and written when it found data broken depends on the pieces.
static void require_same(const Inflated& a, const Inflated& b) {
  const size_t near = a.error.find(" near ");
  require(a.error.substr(0, near) == b.error.substr(0, near));
  if (near == std::string::npos) return require(a.data == b.data);
  const size_t size = std::min(a.data.size(), b.data.size());
  require(a.data.substr(0, size) == b.data.substr(0, size));
}

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  const size_t piece_size = size == 0 ? 1 : 1 + data[size / 2] % 16;
  require_same(inflate_pieces(bytes, bytes.size(), 1 << 16), inflate_pieces(bytes, piece_size, 1000));

  for (GzipLevel level : {GzipLevel::kFast, GzipLevel::kSmall}) {
    GzipWriter writer(level);
    std::string out(gzip_size_max(size), '\0');
    std::string members(writer.compress(bytes.substr(0, size / 3), out.data()));
    members += writer.compress(bytes.substr(size / 3), out.data());
    require_same(inflate_pieces(members, members.size(), 1 << 16), {std::string(bytes), ""});
  }
  return 0;
}
