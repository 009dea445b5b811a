// SPDX-License-Identifier: Apache-2.0
#pragma once

#ifdef __SSE2__
#include <emmintrin.h>
#endif

#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>

#include "dns/domain_name.h"

// The domain set's bytes, as its builder writes and DomainSet maps them. docs/domain_set_format.md tells the
// whole.
//
//   header | name blocks | bucket blocks | checksums of the blocks | lists
//
// All numbers are little-endian. Nothing is read before it is held against its checksum.
namespace querymark {

static_assert(std::endian::native == std::endian::little, "the file's numbers are read as they stand");

inline constexpr char kDomainSetMagic[8] = {'Q', 'M', 'D', 'O', 'M', 'S', 'E', 'T'};
inline constexpr uint32_t kDomainSetFormatVersion = 2;

// Names, buckets and the header come in blocks of a page, each with a checksum of its own.
inline constexpr size_t kSetBlockSize = 4096;

struct DomainSetHeader {
  char magic[8];
  uint32_t format_version;
  uint32_t suffix_identity_size;  // its bytes stand after the header's fields
  uint64_t checksum;              // of the whole header block, this field taken for 0
  uint64_t file_size;
  uint64_t seed;  // of hash_name
  uint64_t table_version;
  uint64_t valid_until;
  uint64_t entry_count;
  uint64_t allow_count;
  uint64_t name_count;
  uint64_t unmatchable_count;        // entries that cannot match in registered mode
  uint64_t unmatchable_allow_count;  // allow entries that cannot
  uint64_t name_block_count;
  uint64_t bucket_block_count;  // at least 1
  uint64_t checksums_checksum;
  uint64_t lists_size;
  uint64_t lists_checksum;
};
static_assert(sizeof(DomainSetHeader) == 136, "no padding");
inline constexpr size_t kSuffixIdentitySizeMax = kSetBlockSize - sizeof(DomainSetHeader);

// Where a name's hash says it is: ten names, told apart by 16 bits of their hashes. A name for whom there is
// no room goes on to the next bucket of the block, and after the last to the first; what it passes remembers
// it, so that nearly all searches end in the bucket where they begin.
struct alignas(64) SetBucket {
  static constexpr size_t kSlotCount = 10;

  uint16_t tags[kSlotCount];       // 0: free. Filled from the first
  uint32_t passed;                 // bit i: a name whose tag % 32 is i went on from here
  uint32_t positions[kSlotCount];  // the bytes of the name blocks at which the names' records begin

  bool is_full() const { return tags[kSlotCount - 1] != 0; }
  void let_pass(uint16_t tag) { passed |= uint32_t{1} << (tag % 32); }

  // Whether a name of the tag that is not here may be in the next bucket.
  bool goes_on(uint16_t tag) const { return (passed >> (tag % 32) & 1) != 0; }

  // Bit i: slot i bears the tag.
  uint32_t slots_with_portably(uint16_t tag) const {
    uint32_t slots = 0;
    for (size_t slot = 0; slot < kSlotCount; ++slot) slots |= uint32_t{tags[slot] == tag} << slot;
    return slots;
  }
  uint32_t slots_with(uint16_t tag) const {
#ifdef __SSE2__
    // Slots 0 to 7, and 2 to 9.
    const __m128i wanted = _mm_set1_epi16(static_cast<int16_t>(tag));
    const __m128i first = _mm_cmpeq_epi16(_mm_load_si128(reinterpret_cast<const __m128i*>(tags)), wanted);
    const __m128i last = _mm_cmpeq_epi16(_mm_loadu_si128(reinterpret_cast<const __m128i*>(tags + 2)), wanted);
    const auto both = static_cast<uint32_t>(_mm_movemask_epi8(_mm_packs_epi16(first, last)));
    return (both & 0xFF) | (both >> 14 << 8);
#else
    return slots_with_portably(tag);
#endif
  }
};
static_assert(sizeof(SetBucket) == 64, "a cache line");
inline constexpr uint64_t kNameBytesMax = uint64_t{1} << 32;

inline constexpr size_t kBucketsPerBlock = kSetBlockSize / sizeof(SetBucket);
inline constexpr size_t kNamesPerBlockMax = kBucketsPerBlock * SetBucket::kSlotCount;
// The builder makes a block for every 416 names: a name takes 9.8 bytes at 65 % full, and one search in 200
// goes on.
inline constexpr size_t kNamesPerBlock = kNamesPerBlockMax * 65 / 100;

inline constexpr uint64_t kBucketBlockCountMax = uint32_t{0xFFFFFFFF};

// How a hash is spent: the highest 32 bits choose the block, so that names in the order of their hashes fill
// the blocks one after the other; the lowest choose the bucket in it, and the next 16 are the tag.
inline uint64_t block_of_hash(uint64_t hash, uint64_t block_count) {
  return (hash >> 32) * block_count >> 32;
}
inline size_t bucket_of_hash(uint64_t hash) {
  return hash % kBucketsPerBlock;
}
inline uint16_t tag_of_hash(uint64_t hash) {
  const auto tag = static_cast<uint16_t>(hash / kBucketsPerBlock);
  return tag == 0 ? uint16_t{1} : tag;
}

// XXH3 of 64 bits with a seed.
uint64_t hash_name(std::string_view name, uint64_t seed);
// XXH3 too; a block's `place` is its number, so that blocks cannot stand in for each other.
uint64_t set_checksum(std::string_view bytes, uint64_t place);
// Sets the checksum of a header block.
void seal_header(std::string& block);

// A name's record: its size (of 1 or 2 bytes, 7 bits in each, the lower first; 0 ends a block), its bytes,
// the flags, and for each kind of entry that the flags tell of the number of its set of lists (7 bits in each
// byte), or one number for all. Records do not cross blocks.
namespace name_flags {
inline constexpr uint8_t kListed = 1;  // an interesting entry of this name
inline constexpr uint8_t kListedSubtree = 2;
inline constexpr uint8_t kAllow = 4;  // an allow entry of this name
inline constexpr uint8_t kAllowSubtree = 8;
inline constexpr uint8_t kRegistered = 16;         // decides for this registrable domain
inline constexpr uint8_t kRegisteredAllow = 32;    // with kRegistered: allows it
inline constexpr uint8_t kRegisteredSubtree = 64;  // the widest scope of the entries that fell on it
inline constexpr uint8_t kOneListSet = 128;
}  // namespace name_flags
inline constexpr size_t kNameRecordSizeMax = 2 + kNameTextSizeMax + 1 + size_t{3} * 5;
static_assert(kNameTextSizeMax < 1 << 14 && kNameRecordSizeMax <= kSetBlockSize);

}  // namespace querymark
