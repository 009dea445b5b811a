// SPDX-License-Identifier: Apache-2.0
#include "codec/gzip.h"

#include <isa-l/crc.h>
#include <isa-l/igzip_lib.h>

#include <algorithm>
#include <cstdlib>
#include <cstring>

#include "base/file.h"
#include "codec/gzip_header.h"

namespace querymark {

static constexpr size_t kInputSize = size_t{256} << 10;
static constexpr size_t kTrailerSize = 8;
static constexpr size_t kStepSizeMax = size_t{1} << 30;  // ISA-L counts in 32 bits

bool is_gzip(std::string_view bytes) {
  return bytes.substr(0, 2) == "\x1f\x8b";
}

// Where ISA-L finds deflate data broken, it has counted a match (<= 258 bytes) and literals that it never
// wrote.
static constexpr size_t kUnsureSize = 512;

// ISA-L writes through neither pointer that it takes without const.
static uint8_t* input_bytes(std::string_view bytes) {
  return reinterpret_cast<uint8_t*>(const_cast<char*>(bytes.data()));
}

static uint32_t load_32(const uint8_t* bytes) {
  return bytes[0] | uint32_t{bytes[1]} << 8 | uint32_t{bytes[2]} << 16 | uint32_t{bytes[3]} << 24;
}

// ISA-L inflates the raw deflate data; header, trailer and what follows are read here, where each byte's
// offset is known and a member may be cut into pieces anywhere.
struct GzipInflater::State {
  enum class Part { kHeader, kDeflate, kTrailer, kPadding };

  size_t take(std::string_view in, char* out, size_t out_size, size_t& produced);
  size_t take_header(std::string_view in);
  size_t take_deflate(std::string_view in, char* out, size_t out_size, size_t& produced);
  size_t take_trailer(std::string_view in);
  size_t take_padding(std::string_view in);
  void begin_member();
  void begin_trailer();
  void check_trailer();
  void fail(const std::string& what) {
    error = Error::corrupt("gzip member at compressed byte " + std::to_string(member_start) + ": " + what);
  }

  Part part = Part::kHeader;
  GzipHeader header;
  inflate_state deflate;
  uint32_t crc = 0;
  uint32_t size = 0;  // of the member's data, modulo 2^32 as in the trailer
  uint8_t trailer[kTrailerSize];
  size_t trailer_size = 0;
  bool padded = false;
  uint64_t offset = 0;  // compressed bytes consumed
  uint64_t member_start = 0;
  std::optional<Error> error;
};

GzipInflater::GzipInflater() : state_(new State) {
  isal_inflate_init(&state_->deflate);
}
GzipInflater::GzipInflater(GzipInflater&&) noexcept = default;
GzipInflater& GzipInflater::operator=(GzipInflater&&) noexcept = default;
GzipInflater::~GzipInflater() = default;

Result<GzipProgress> GzipInflater::inflate(std::string_view in, char* out, size_t out_size) {
  State& state = *state_;
  GzipProgress total{0, 0};
  while (!state.error) {
    const State::Part part = state.part;
    size_t produced = 0;
    const size_t taken =
        state.take(in.substr(total.consumed), out + total.produced, out_size - total.produced, produced);
    total.consumed += taken;
    total.produced += produced;
    state.offset += taken;
    if (taken == 0 && produced == 0 && state.part == part) break;
  }
  if (state.error && total.produced == 0) return *state.error;
  return total;
}

Result<void> GzipInflater::finish() const {
  const State& state = *state_;
  if (state.error) return *state.error;
  if (state.part == State::Part::kPadding) return {};
  return Error::corrupt("gzip data ends at compressed byte " + std::to_string(state.offset) +
                        ", within the member that starts at byte " + std::to_string(state.member_start));
}

size_t GzipInflater::State::take(std::string_view in, char* out, size_t out_size, size_t& produced) {
  switch (part) {
    case Part::kHeader:
      return take_header(in);
    case Part::kDeflate:
      return take_deflate(in, out, out_size, produced);
    case Part::kTrailer:
      return take_trailer(in);
    case Part::kPadding:
      return take_padding(in);
  }
  std::abort();
}

size_t GzipInflater::State::take_header(std::string_view in) {
  const size_t taken = header.take(in);
  switch (header.status()) {
    case GzipHeader::Status::kMore:
      break;
    case GzipHeader::Status::kDone:
      part = Part::kDeflate;
      isal_inflate_reset(&deflate);
      crc = 0;
      size = 0;
      break;
    case GzipHeader::Status::kNotGzip:
      error = Error::corrupt(member_start == 0 ? "not gzip: no magic bytes at compressed byte 0"
                                               : "garbage after gzip member at compressed byte " +
                                                     std::to_string(member_start));
      break;
    case GzipHeader::Status::kUnknownMethod:
      fail("its compression method is not deflate");
      break;
    case GzipHeader::Status::kReservedFlags:
      fail("reserved flags are set in its header");
      break;
    case GzipHeader::Status::kWrongChecksum:
      fail("the checksum of its header is wrong");
      break;
  }
  return taken;
}

size_t GzipInflater::State::take_deflate(std::string_view in, char* out, size_t out_size, size_t& produced) {
  const size_t in_size = std::min(in.size(), kStepSizeMax);
  const size_t room = std::min(out_size, kStepSizeMax);
  deflate.next_in = input_bytes(in);
  deflate.avail_in = static_cast<uint32_t>(in_size);
  deflate.next_out = reinterpret_cast<uint8_t*>(out);
  deflate.avail_out = static_cast<uint32_t>(room);
  const int status = isal_inflate(&deflate);
  produced = room - std::min<size_t>(room, deflate.avail_out);
  const size_t left = deflate.avail_in <= in_size ? deflate.avail_in : 0;
  const size_t taken = in_size - left;
  crc = crc32_gzip_refl(crc, reinterpret_cast<uint8_t*>(out), produced);
  size += static_cast<uint32_t>(produced);
  if (status < 0) {
    produced -= std::min(produced, kUnsureSize);
    fail("its deflate data is broken near compressed byte " + std::to_string(offset + taken));
  } else if (deflate.block_state == ISAL_BLOCK_FINISH) {
    begin_trailer();
  }
  return taken;
}

// ISA-L reads ahead by up to 64 bits: the whole bytes of those that it did not use begin the trailer.
void GzipInflater::State::begin_trailer() {
  part = Part::kTrailer;
  trailer_size = static_cast<size_t>(deflate.read_in_length) / 8;
  const uint64_t ahead = deflate.read_in >> (deflate.read_in_length % 8);
  for (size_t i = 0; i < trailer_size; ++i) trailer[i] = static_cast<uint8_t>(ahead >> (8 * i));
  if (trailer_size == kTrailerSize) check_trailer();
}

size_t GzipInflater::State::take_trailer(std::string_view in) {
  const size_t taken = std::min(in.size(), kTrailerSize - trailer_size);
  std::copy_n(in.data(), taken, reinterpret_cast<char*>(trailer) + trailer_size);
  trailer_size += taken;
  if (trailer_size == kTrailerSize) check_trailer();
  return taken;
}

void GzipInflater::State::check_trailer() {
  part = Part::kPadding;
  padded = false;
  if (load_32(trailer) != crc) {
    fail("the CRC-32 of its data is wrong");
  } else if (load_32(trailer + 4) != size) {
    fail("the size of its data is wrong");
  }
}

// After a member: zeros up to the end, or at once the next member.
size_t GzipInflater::State::take_padding(std::string_view in) {
  const size_t zeros = std::min(in.find_first_not_of('\0'), in.size());
  padded |= zeros > 0;
  if (zeros == in.size()) return zeros;
  if (padded) {
    error = Error::corrupt("garbage after gzip member at compressed byte " + std::to_string(offset + zeros));
  } else {
    begin_member();
  }
  return zeros;
}

void GzipInflater::State::begin_member() {
  part = Part::kHeader;
  header = GzipHeader();
  member_start = offset;
}

GzipReader::GzipReader(int fd, const std::string& path, std::string_view head)
    : GzipReader([fd, path](char* out, size_t size) { return querymark::read_some(fd, out, size, path); },
                 path, head) {}

GzipReader::GzipReader(ReadSome read, std::string path, std::string_view head)
    : read_(std::move(read)), path_(std::move(path)), buffer_(new char[std::max(kInputSize, head.size())]) {
  std::copy(head.begin(), head.end(), buffer_.get());
  input_ = {buffer_.get(), head.size()};
}

Result<size_t> GzipReader::read_some(char* out, size_t size) {
  for (;;) {
    const Result<GzipProgress> progress = inflater_.inflate(input_, out, size);
    if (!progress) return named(progress.error());
    input_.remove_prefix(progress->consumed);
    if (progress->produced > 0) return progress->produced;
    const Result<size_t> count = read_(buffer_.get(), kInputSize);
    if (!count) return count.error();
    input_ = {buffer_.get(), *count};
    bytes_read_ += *count;
    if (*count > 0) continue;
    const Result<void> finished = inflater_.finish();
    if (!finished) return named(finished.error());
    return size_t{0};
  }
}

Error GzipReader::named(const Error& error) const {
  return {error.code, path_ + ": " + error.detail};
}

struct GzipWriter::State {
  isal_zstream stream;
  uint32_t level;
  uint8_t tables[ISAL_DEF_LVL2_DEFAULT];
};
static_assert(ISAL_DEF_LVL2_DEFAULT >= ISAL_DEF_LVL1_DEFAULT);

GzipWriter::GzipWriter(GzipLevel level) : state_(new State) {
  state_->level = static_cast<uint32_t>(level);
}
GzipWriter::GzipWriter(GzipWriter&&) noexcept = default;
GzipWriter& GzipWriter::operator=(GzipWriter&&) noexcept = default;
GzipWriter::~GzipWriter() = default;

// Blocks that do not shrink are stored: 5 bytes for each 65,535. Header and trailer have 18.
size_t gzip_size_max(size_t block_size) {
  return block_size + 5 * (block_size / 65535 + 1) + 18;
}

std::string_view GzipWriter::compress(std::string_view block, char* out) {
  isal_zstream& stream = state_->stream;
  isal_deflate_stateless_init(&stream);
  stream.level = state_->level;
  stream.level_buf = state_->tables;
  stream.level_buf_size = sizeof(state_->tables);
  stream.gzip_flag = IGZIP_GZIP;
  stream.end_of_stream = 1;
  stream.flush = NO_FLUSH;
  stream.next_in = input_bytes(block);
  stream.avail_in = static_cast<uint32_t>(block.size());
  stream.next_out = reinterpret_cast<uint8_t*>(out);
  stream.avail_out = static_cast<uint32_t>(gzip_size_max(block.size()));
  if (isal_deflate_stateless(&stream) != COMP_OK || stream.avail_in != 0) std::abort();
  return {out, stream.total_out};
}

}  // namespace querymark
