// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>

#include "base/file.h"
#include "base/result.h"
#include "domains/domain_set_format.h"
#include "domains/list_sets.h"

// A domain set's mapped file: which block is where and whether it is sound, and the record of a name. What
// the record means for a query is DomainSet's.
//
// Blocks are numbered in the file's order: names, then buckets. Threads: any number at once.
namespace querymark {

// What the set says of one name.
struct NameRecord {
  std::string_view name;
  uint8_t flags = 0;  // name_flags
  // Numbers of sets of lists, for the kinds of entry that the flags tell of.
  uint32_t listed_lists = 0;
  uint32_t allow_lists = 0;
  uint32_t registered_lists = 0;
};

class DomainSetImage {
 public:
  enum class Presence : uint8_t {
    kAbsent,
    kPresent,
    kUnknown
  };  // unknown: a block needed to tell is damaged

  static Result<std::unique_ptr<const DomainSetImage>> open(int fd, const std::string& path);

  const DomainSetHeader& header() const { return header_; }
  std::string_view suffix_identity() const;
  const ListSetReader& lists() const { return lists_; }  // REQUIRES: locate() gave kPresent before

  // Where the search for a name begins: touched by prefetching.
  const SetBucket& first_bucket(uint64_t hash) const {
    return bucket_block(block_of_hash(hash, header_.bucket_block_count))[bucket_of_hash(hash)];
  }

  // Whether the name's first bucket is sound and tells that the name is absent: true for most that are.
  bool is_plainly_absent(uint64_t hash) const {
    const uint64_t block = header_.name_block_count + block_of_hash(hash, header_.bucket_block_count);
    const SetBucket& bucket = first_bucket(hash);
    const uint16_t tag = tag_of_hash(hash);
    const uint32_t doubts =
        uint32_t{!was_sound(block)} | uint32_t{bucket.goes_on(tag)} | bucket.slots_with(tag);
    return doubts == 0;
  }

  // Asks the cache for the first record that may be the name's.
  void prefetch_record(uint64_t hash) const;

  // The name's record: `record` is set where it is present.
  Presence locate(std::string_view name, uint64_t hash, NameRecord& record) const;

  Result<void> check() const;

 private:
  DomainSetImage(MappedFile file, const std::string& path);

  Result<void> read_header();
  Error damaged(const std::string& what) const;

  std::string_view part(uint64_t begin, uint64_t size) const { return file_.bytes().substr(begin, size); }
  const char* block(uint64_t number) const { return file_.bytes().data() + kSetBlockSize * (1 + number); }
  const SetBucket* bucket_block(uint64_t number) const {
    return reinterpret_cast<const SetBucket*>(block(header_.name_block_count + number));
  }
  uint64_t block_count() const { return header_.name_block_count + header_.bucket_block_count; }
  std::string_view checksums() const {
    return part(kSetBlockSize * (1 + block_count()), sizeof(uint64_t) * block_count());
  }
  std::string_view lists_bytes() const {
    return part(header_.file_size - header_.lists_size, header_.lists_size);
  }

  // Whether the block was read before and found sound; and where it was not, reads it now.
  bool was_sound(uint64_t number) const {
    return (sound_[number / 64].load(std::memory_order_relaxed) >> (number % 64) & 1) != 0;
  }
  bool is_sound(uint64_t number) const { return was_sound(number) || verify(number); }
  bool verify(uint64_t number) const;
  bool matches_checksum(uint64_t number) const;
  bool are_lists_sound() const { return lists_sound_.load(std::memory_order_acquire) || verify_lists(); }
  bool verify_lists() const;

  Presence read_record(uint64_t position, std::string_view name, NameRecord& record) const;

  MappedFile file_;
  std::string path_;
  DomainSetHeader header_{};
  std::unique_ptr<std::atomic<uint64_t>[]> sound_;  // bit i: block i was read and is sound
  mutable std::once_flag lists_once_;
  mutable ListSetReader lists_;
  mutable std::atomic<bool> lists_sound_ = false;  // lists_ is set
};

}  // namespace querymark
