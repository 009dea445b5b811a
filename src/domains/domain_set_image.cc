// SPDX-License-Identifier: Apache-2.0
#include "domains/domain_set_image.h"

#define XXH_INLINE_ALL
#include <xxhash.h>

#include <algorithm>
#include <bit>
#include <cstddef>
#include <cstring>

namespace querymark {
namespace {

// Reads a record's numbers; what would leave the block makes it fail.
class RecordReader {
 public:
  RecordReader(const char* at, const char* end) : at_(at), end_(end) {}

  // 7 bits a byte, the lower first, in at most `size_max` bytes.
  uint32_t number(int size_max) {
    uint32_t number = 0;
    for (int i = 0; i < size_max && at_ != end_; ++i) {
      const auto byte = static_cast<uint8_t>(*at_++);
      number |= uint32_t{byte & 0x7FU} << (7 * i);
      if (byte < 0x80) return number;
    }
    failed_ = true;
    return 0;
  }

  std::string_view bytes(size_t size) {
    if (size > static_cast<size_t>(end_ - at_)) {
      failed_ = true;
      return {};
    }
    at_ += size;
    return {at_ - size, size};
  }

  bool failed() const { return failed_; }

 private:
  const char* at_;
  const char* end_;
  bool failed_ = false;
};

uint64_t header_checksum(std::string_view block) {
  std::string copy(block);
  std::memset(copy.data() + offsetof(DomainSetHeader, checksum), 0, sizeof(DomainSetHeader::checksum));
  return set_checksum(copy, 0);
}

}  // namespace

uint64_t set_checksum(std::string_view bytes, uint64_t place) {
  return XXH3_64bits_withSeed(bytes.data(), bytes.size(), place);
}

void seal_header(std::string& block) {
  const uint64_t checksum = header_checksum(block);
  std::memcpy(block.data() + offsetof(DomainSetHeader, checksum), &checksum, sizeof checksum);
}

DomainSetImage::DomainSetImage(MappedFile file, const std::string& path)
    : file_(std::move(file)), path_(path) {}

Result<std::unique_ptr<const DomainSetImage>> DomainSetImage::open(int fd, const std::string& path) {
  Result<MappedFile> file = MappedFile::map(fd, path);
  if (!file) return file.error();
  std::unique_ptr<DomainSetImage> image(new DomainSetImage(std::move(*file), path));
  if (const Result<void> read = image->read_header(); !read) return read.error();
  image->sound_ = std::make_unique<std::atomic<uint64_t>[]>(image->block_count() / 64 + 1);
  return std::unique_ptr<const DomainSetImage>(std::move(image));
}

Error DomainSetImage::damaged(const std::string& what) const {
  return Error::corrupt(path_ + ": " + what +
                        "; the domain set must be compiled anew from the table of domains");
}

Result<void> DomainSetImage::read_header() {
  const std::string_view bytes = file_.bytes();
  const std::string_view magic(kDomainSetMagic, sizeof kDomainSetMagic);
  if (bytes.substr(0, magic.size()) != magic.substr(0, bytes.size()) || bytes.empty())
    return Error::corrupt(path_ +
                          ": not a domain set; name another file, or have one compiled from the table");
  if (bytes.size() < kSetBlockSize)
    return damaged("cut off at byte " + std::to_string(bytes.size()) + ", inside its header");
  std::memcpy(&header_, bytes.data(), sizeof header_);
  if (header_.format_version != kDomainSetFormatVersion)
    return Error::stale(path_ + ": a domain set of format version " + std::to_string(header_.format_version) +
                        ", where this program reads version " + std::to_string(kDomainSetFormatVersion) +
                        "; it must be compiled anew from the table of domains");
  if (header_.checksum != header_checksum(bytes.substr(0, kSetBlockSize)))
    return damaged("its header is damaged");
  if (header_.file_size != bytes.size())
    return damaged("has " + std::to_string(bytes.size()) + " bytes, not the " +
                   std::to_string(header_.file_size) + " that were written");

  const uint64_t block_max = bytes.size() / kSetBlockSize;
  const bool parts_fit =
      header_.name_block_count < block_max && header_.bucket_block_count < block_max &&
      header_.bucket_block_count > 0 && header_.bucket_block_count <= kBucketBlockCountMax &&
      header_.lists_size < bytes.size() && header_.suffix_identity_size <= kSuffixIdentitySizeMax;
  const uint64_t block_bytes = (kSetBlockSize + sizeof(uint64_t)) * block_count();
  if (!parts_fit || kSetBlockSize + block_bytes + header_.lists_size != bytes.size())
    return damaged("its header tells of parts that do not make up the file");
  return {};
}

std::string_view DomainSetImage::suffix_identity() const {
  return part(sizeof(DomainSetHeader), header_.suffix_identity_size);
}

bool DomainSetImage::matches_checksum(uint64_t number) const {
  uint64_t checksum;
  std::memcpy(&checksum, checksums().data() + sizeof checksum * number, sizeof checksum);
  return checksum == set_checksum({block(number), kSetBlockSize}, number);
}

bool DomainSetImage::verify(uint64_t number) const {
  if (!matches_checksum(number)) return false;
  sound_[number / 64].fetch_or(uint64_t{1} << (number % 64), std::memory_order_relaxed);
  return true;
}

bool DomainSetImage::verify_lists() const {
  std::call_once(lists_once_, [this] {
    if (set_checksum(lists_bytes(), 0) != header_.lists_checksum) return;
    Result<ListSetReader> lists = ListSetReader::open(lists_bytes());
    if (!lists) return;
    lists_ = *lists;
    lists_sound_.store(true, std::memory_order_release);
  });
  return lists_sound_.load(std::memory_order_acquire);
}

void DomainSetImage::prefetch_record(uint64_t hash) const {
  const SetBucket& bucket = first_bucket(hash);
  const uint32_t slots = bucket.slots_with(tag_of_hash(hash));
  if (slots == 0) return;
  const uint64_t position = bucket.positions[std::countr_zero(slots)];
  const char* record = block(0) + position;
  __builtin_prefetch(record);
  __builtin_prefetch(record + 32);
}

DomainSetImage::Presence DomainSetImage::locate(std::string_view name, uint64_t hash,
                                                NameRecord& record) const {
  const uint64_t number = block_of_hash(hash, header_.bucket_block_count);
  if (!is_sound(header_.name_block_count + number)) return Presence::kUnknown;
  const SetBucket* const buckets = bucket_block(number);
  const uint16_t tag = tag_of_hash(hash);
  for (size_t step = 0; step < kBucketsPerBlock; ++step) {
    const SetBucket& bucket = buckets[(bucket_of_hash(hash) + step) % kBucketsPerBlock];
    for (uint32_t slots = bucket.slots_with(tag); slots != 0; slots &= slots - 1) {
      const Presence presence = read_record(bucket.positions[std::countr_zero(slots)], name, record);
      if (presence != Presence::kAbsent) return presence;
    }
    if (!bucket.goes_on(tag)) return Presence::kAbsent;
  }
  return Presence::kAbsent;
}

// kAbsent: the record is another name's.
DomainSetImage::Presence DomainSetImage::read_record(uint64_t position, std::string_view name,
                                                     NameRecord& record) const {
  const uint64_t number = position / kSetBlockSize;
  if (number >= header_.name_block_count || !is_sound(number)) return Presence::kUnknown;
  RecordReader reader(block(0) + position, block(number + 1));
  record.name = reader.bytes(reader.number(2));
  if (!reader.failed() && record.name != name) return Presence::kAbsent;

  const std::string_view flags = reader.bytes(1);
  record.flags = flags.empty() ? uint8_t{0} : static_cast<uint8_t>(flags.front());
  if ((record.flags & name_flags::kOneListSet) != 0) {
    record.listed_lists = record.allow_lists = record.registered_lists = reader.number(5);
  } else {
    if ((record.flags & name_flags::kListed) != 0) record.listed_lists = reader.number(5);
    if ((record.flags & name_flags::kAllow) != 0) record.allow_lists = reader.number(5);
    if ((record.flags & name_flags::kRegistered) != 0) record.registered_lists = reader.number(5);
  }
  if (reader.failed() || !are_lists_sound()) return Presence::kUnknown;
  const uint32_t last = std::max({record.listed_lists, record.allow_lists, record.registered_lists});
  return last < lists_.set_count() ? Presence::kPresent : Presence::kUnknown;
}

Result<void> DomainSetImage::check() const {
  if (set_checksum(checksums(), 0) != header_.checksums_checksum) return damaged("its checksums are damaged");
  for (uint64_t number = 0; number < block_count(); ++number) {
    if (matches_checksum(number)) continue;
    const uint64_t begin = kSetBlockSize * (1 + number);
    return damaged("bytes " + std::to_string(begin) + " to " + std::to_string(begin + kSetBlockSize - 1) +
                   " are damaged");
  }
  if (!are_lists_sound()) return damaged("its lists are damaged");
  return {};
}

}  // namespace querymark
