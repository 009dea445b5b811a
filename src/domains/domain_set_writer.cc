// SPDX-License-Identifier: Apache-2.0
#include "domains/domain_set_writer.h"

#include <algorithm>
#include <bit>
#include <cstring>
#include <utility>

#include "base/file.h"

namespace querymark {
namespace {

constexpr size_t kOutputSize = 256 * kSetBlockSize;
// Blocks are added until no block's names overflow. That names of some 9 standard deviations too many fall on
// one is the work of somebody who knows the seed; then this many times the usual number of blocks is the end.
constexpr uint64_t kBucketBlocksFactorMax = 64;

void append_number(std::string& out, uint32_t number) {
  for (; number >= 0x80; number >>= 7) out += static_cast<char>((number & 0x7F) | 0x80);
  out += static_cast<char>(number);
}

void append_record(std::string& out, const NameStatement& statement) {
  uint32_t sets[3];
  size_t count = 0;
  if ((statement.flags & name_flags::kListed) != 0) sets[count++] = statement.listed_lists;
  if ((statement.flags & name_flags::kAllow) != 0) sets[count++] = statement.allow_lists;
  if ((statement.flags & name_flags::kRegistered) != 0) sets[count++] = statement.registered_lists;
  const bool one = std::count(sets, sets + count, sets[0]) == static_cast<ptrdiff_t>(count);

  append_number(out, static_cast<uint32_t>(statement.name.size()));
  out += statement.name;
  out += static_cast<char>(statement.flags | (one ? name_flags::kOneListSet : 0));
  for (size_t i = 0; i < (one ? 1 : count); ++i) append_number(out, sets[i]);
}

// The end of the number at `at`.
const char* skip_number(const char* at) {
  while ((*at & 0x80) != 0) ++at;
  return at + 1;
}

// Goes through the records of a name block that append_record wrote.
class RecordWalk {
 public:
  explicit RecordWalk(const char* block) : block_(block), at_(block) {}

  // Whether there is a record more; name() and offset() are its.
  bool next() {
    if (at_ == block_ + kSetBlockSize || *at_ == 0) return false;
    offset_ = static_cast<size_t>(at_ - block_);
    const char* const begin = skip_number(at_);
    const auto low = static_cast<uint8_t>(at_[0]);
    const size_t size = low < 0x80 ? low : (low & 0x7FU) | static_cast<size_t>(at_[1]) << 7;
    name_ = {begin, size};
    const auto flags = static_cast<uint8_t>(begin[size]);
    constexpr unsigned kKinds = name_flags::kListed | name_flags::kAllow | name_flags::kRegistered;
    const int sets = (flags & name_flags::kOneListSet) != 0 ? 1 : std::popcount(flags & kKinds);
    at_ = begin + size + 1;
    for (int i = 0; i < sets; ++i) at_ = skip_number(at_);
    return true;
  }

  std::string_view name() const { return name_; }
  size_t offset() const { return offset_; }

 private:
  const char* block_;
  const char* at_;
  std::string_view name_;
  size_t offset_ = 0;
};

// Whether there was room.
bool insert(SetBucket* buckets, uint64_t hash, uint32_t position) {
  for (size_t step = 0; step < kBucketsPerBlock; ++step) {
    SetBucket& bucket = buckets[(bucket_of_hash(hash) + step) % kBucketsPerBlock];
    if (bucket.is_full()) {
      bucket.let_pass(tag_of_hash(hash));
      continue;
    }
    const auto slot =
        static_cast<size_t>(std::find(bucket.tags, bucket.tags + SetBucket::kSlotCount, 0) - bucket.tags);
    bucket.tags[slot] = tag_of_hash(hash);
    bucket.positions[slot] = position;
    return true;
  }
  return false;
}

}  // namespace

DomainSetWriter::DomainSetWriter(int fd, std::string path, uint64_t seed)
    : fd_(fd), path_(std::move(path)), seed_(seed) {
  out_.reserve(kOutputSize + kSetBlockSize);
}

void DomainSetWriter::end_block() {
  out_.resize((out_.size() + kSetBlockSize - 1) / kSetBlockSize * kSetBlockSize);
  const std::string_view block = std::string_view(out_).substr(out_.size() - kSetBlockSize);
  checksums_.push_back(set_checksum(block, checksums_.size()));
}

Result<void> DomainSetWriter::flush() {
  Result<void> written = write_at(fd_, offset_, out_, path_);
  offset_ += out_.size();
  out_.clear();
  return written;
}

Result<void> DomainSetWriter::add(const NameStatement& statement) {
  record_.clear();
  append_record(record_, statement);
  const size_t used = out_.size() % kSetBlockSize;
  if (used + record_.size() > kSetBlockSize) {
    end_block();
    if (out_.size() >= kOutputSize)
      if (Result<void> flushed = flush(); !flushed) return flushed;
  }
  out_ += record_;
  if (out_.size() % kSetBlockSize == 0) end_block();
  ++name_count_;
  return {};
}

Result<DomainSetWriter::Filled> DomainSetWriter::write_buckets(uint64_t block_count) {
  checksums_.resize(name_block_count_);
  offset_ = kSetBlockSize * (1 + name_block_count_);
  out_.clear();
  std::vector<SetBucket> buckets(kBucketsPerBlock);  // of the block in progress
  uint64_t block = 0;
  const auto go_to_block = [&](uint64_t number) -> Result<void> {
    for (; block < number; ++block) {
      out_.append(reinterpret_cast<const char*>(buckets.data()), kSetBlockSize);
      end_block();
      std::fill(buckets.begin(), buckets.end(), SetBucket());
      if (out_.size() < kOutputSize) continue;
      if (Result<void> flushed = flush(); !flushed) return flushed;
    }
    return {};
  };

  std::string names;
  for (uint64_t begin = 0; begin < kSetBlockSize * name_block_count_; begin += names.size()) {
    names.resize(std::min<uint64_t>(kOutputSize, kSetBlockSize * name_block_count_ - begin));
    const Result<void> read = read_at(fd_, kSetBlockSize + begin, names.data(), names.size(), path_);
    if (!read) return read.error();
    for (size_t at = 0; at < names.size(); at += kSetBlockSize) {
      for (RecordWalk walk(names.data() + at); walk.next();) {
        const uint64_t hash = hash_name(walk.name(), seed_);
        if (Result<void> gone = go_to_block(block_of_hash(hash, block_count)); !gone) return gone.error();
        if (!insert(buckets.data(), hash, static_cast<uint32_t>(begin + at + walk.offset())))
          return Filled::kOverfull;
      }
    }
  }
  if (Result<void> gone = go_to_block(block_count); !gone) return gone.error();
  if (Result<void> flushed = flush(); !flushed) return flushed.error();
  return Filled::kWhole;
}

Result<uint64_t> DomainSetWriter::write_enough_buckets() {
  const uint64_t usual = std::max<uint64_t>(1, (name_count_ + kNamesPerBlock - 1) / kNamesPerBlock);
  for (uint64_t block_count = usual;
       block_count <= std::min(kBucketBlocksFactorMax * usual, kBucketBlockCountMax); block_count *= 2) {
    const Result<Filled> filled = write_buckets(block_count);
    if (!filled) return filled.error();
    if (*filled == Filled::kWhole) return block_count;
  }
  return Error::limit(
      path_ +
      ": more names than a block of buckets can take have nearly the same hash; build the set "
      "with another seed");
}

Result<void> DomainSetWriter::finish(DomainSetHeader header, std::string_view suffix_identity,
                                     std::string_view lists) {
  if (suffix_identity.size() > kSuffixIdentitySizeMax)
    return Error::limit("the suffix list's version has " + std::to_string(suffix_identity.size()) +
                        " bytes, more than a domain set's header takes");
  if (out_.size() % kSetBlockSize != 0) end_block();
  if (Result<void> flushed = flush(); !flushed) return flushed;
  name_block_count_ = checksums_.size();
  if (kSetBlockSize * name_block_count_ > kNameBytesMax)
    return Error::limit(path_ + ": more bytes of names than a domain set can take");
  const Result<uint64_t> bucket_block_count = write_enough_buckets();
  if (!bucket_block_count) return bucket_block_count.error();

  const std::string_view checksums(reinterpret_cast<const char*>(checksums_.data()),
                                   sizeof(uint64_t) * checksums_.size());
  out_.append(checksums).append(lists);
  if (Result<void> flushed = flush(); !flushed) return flushed;

  std::memcpy(header.magic, kDomainSetMagic, sizeof header.magic);
  header.format_version = kDomainSetFormatVersion;
  header.suffix_identity_size = static_cast<uint32_t>(suffix_identity.size());
  header.file_size = offset_;
  header.seed = seed_;
  header.name_count = name_count_;
  header.name_block_count = name_block_count_;
  header.bucket_block_count = *bucket_block_count;
  header.checksums_checksum = set_checksum(checksums, 0);
  header.lists_size = lists.size();
  header.lists_checksum = set_checksum(lists, 0);
  std::string block(reinterpret_cast<const char*>(&header), sizeof header);
  block.append(suffix_identity).resize(kSetBlockSize);
  seal_header(block);
  return write_at(fd_, 0, block, path_);
}

}  // namespace querymark
