// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstring>
#include <memory>
#include <string_view>

// Bytes that grow at the end and are used again: as std::string, but new room is not filled with zeros first,
// and kPadding bytes behind the content are always there to be read (their values do not matter).
//
//   char* out = buffer.room(size_max);   buffer.grow(compress(text, out));
namespace querymark {

class ByteBuffer {
 public:
  static constexpr size_t kPadding = 128;

  const char* data() const { return bytes_.get(); }
  char* data() { return bytes_.get(); }
  size_t size() const { return size_; }
  bool empty() const { return size_ == 0; }
  std::string_view view() const { return {bytes_.get(), size_}; }

  void clear() { size_ = 0; }
  // REQUIRES: size <= size().
  void truncate(size_t size) { size_ = size; }

  // REQUIRES: count <= size().
  void remove_prefix(size_t count) {
    std::copy(bytes_.get() + count, bytes_.get() + size_, bytes_.get());
    size_ -= count;
  }

  // The place behind the content, with room for `count` bytes; valid until the next call of room() or
  // append().
  char* room(size_t count) {
    if (size_ + count + kPadding > capacity_) reserve(std::max(size_ + count + kPadding, capacity_ * 2));
    return bytes_.get() + size_;
  }
  // Takes `count` bytes written to room() into the content.
  void grow(size_t count) { size_ += count; }

  void append(std::string_view bytes) {
    std::copy(bytes.begin(), bytes.end(), room(bytes.size()));
    size_ += bytes.size();
  }

  // Gives memory back where more than `count` bytes are held and the content needs less.
  void shrink_to(size_t count) {
    if (capacity_ > std::max(count, size_ + kPadding)) reserve(std::max(count, size_ + kPadding));
  }

 private:
  void reserve(size_t capacity) {
    std::unique_ptr<char[]> bytes = std::make_unique_for_overwrite<char[]>(capacity);
    std::copy_n(bytes_.get(), size_, bytes.get());
    std::fill_n(bytes.get() + size_, kPadding, '\0');
    bytes_ = std::move(bytes);
    capacity_ = capacity;
  }

  std::unique_ptr<char[]> bytes_;
  size_t size_ = 0;
  size_t capacity_ = 0;
};

}  // namespace querymark
