// SPDX-License-Identifier: Apache-2.0
#include "import/entry_sorter.h"

#include <algorithm>
#include <cstring>
#include <string>
#include <tuple>

namespace querymark {
namespace {

// The whole order, duplicates included: it does not depend on how entries fell into pieces.
bool before(const SortEntry& a, const SortEntry& b) {
  if (a.allow != b.allow) return b.allow;
  const int order = a.name.compare(b.name);
  if (order != 0) return order < 0;
  return std::tie(a.source, a.line) < std::tie(b.source, b.line);
}

enum Flag : uint8_t { kAllow = 1, kSubtree = 2, kRegistrable = 4 };

uint8_t flags_of(const SortEntry& entry) {
  uint8_t flags = entry.allow ? kAllow : 0;
  if (entry.scope == EntryScope::kSubtree) flags |= kSubtree;
  if (entry.is_registrable) flags |= kRegistrable;
  return flags;
}

SortEntry entry_of(std::string_view name, uint8_t flags, uint32_t source, uint64_t line) {
  return {.name = name,
          .scope = (flags & kSubtree) != 0 ? EntryScope::kSubtree : EntryScope::kExact,
          .allow = (flags & kAllow) != 0,
          .is_registrable = (flags & kRegistrable) != 0,
          .source = source,
          .line = line};
}

// An entry as it stands in the file: this, then the name.
struct RecordHead {
  uint64_t line;
  uint32_t source;
  uint16_t name_size;
  uint8_t flags;
};

}  // namespace

// Entries in memory: names one after another, and what is sorted.
class EntrySorter::Piece {
 public:
  bool empty() const { return items_.empty(); }
  size_t size() const { return names_.size() + items_.size() * sizeof(Item); }

  void add(const SortEntry& entry) {
    items_.push_back({.prefix = prefix_of(entry.name),
                      .line = entry.line,
                      .name_begin = static_cast<uint32_t>(names_.size()),
                      .source = entry.source,
                      .name_size = static_cast<uint16_t>(entry.name.size()),
                      .flags = flags_of(entry)});
    names_.append(entry.name);
  }

  void sort() {
    std::sort(items_.begin(), items_.end(), [this](const Item& a, const Item& b) {
      const bool same_table = ((a.flags ^ b.flags) & kAllow) == 0;
      if (same_table && a.prefix != b.prefix) return a.prefix < b.prefix;
      return before(entry(a), entry(b));
    });
    next_ = 0;
  }

  std::optional<SortEntry> next() {
    if (next_ == items_.size()) return std::nullopt;
    return entry(items_[next_++]);
  }

  void clear() {
    names_.clear();
    items_.clear();
    next_ = 0;
  }

 private:
  struct Item {
    uint64_t prefix;  // the name's first 8 bytes, in an order that numbers have too
    uint64_t line;
    uint32_t name_begin;
    uint32_t source;
    uint16_t name_size;
    uint8_t flags;
  };

  static uint64_t prefix_of(std::string_view name) {
    uint64_t prefix = 0;
    for (size_t i = 0; i < 8; ++i)
      prefix = prefix << 8 | (i < name.size() ? static_cast<unsigned char>(name[i]) : 0U);
    return prefix;
  }

  SortEntry entry(const Item& item) const {
    return entry_of(std::string_view(names_).substr(item.name_begin, item.name_size), item.flags, item.source,
                    item.line);
  }

  std::string names_;
  std::vector<Item> items_;
  size_t next_ = 0;
};

// Sorted pieces in a file, and the merge of them.
class EntrySorter::PieceFile {
 public:
  static Result<std::unique_ptr<PieceFile>> create() {
    Result<UniqueFd> fd = create_work_file();
    if (!fd) return fd.error();
    return std::make_unique<PieceFile>(*std::move(fd));
  }
  explicit PieceFile(UniqueFd fd) : fd_(std::move(fd)) {}

  // REQUIRES: the piece is sorted.
  Result<void> write(Piece& piece) {
    const uint64_t begin = size_;
    for (std::optional<SortEntry> entry = piece.next(); entry; entry = piece.next()) {
      append(*entry);
      if (out_.size() < kBufferSize) continue;
      if (Result<void> written = flush(); !written) return written;
    }
    if (Result<void> written = flush(); !written) return written;
    Reader& reader = readers_.emplace_back();
    reader.at = begin;
    reader.end = size_;
    return {};
  }

  Result<void> begin_merge() {
    for (size_t i = 0; i < readers_.size(); ++i) {
      if (Result<void> read = advance(readers_[i]); !read) return read;
      if (readers_[i].entry) heap_.push_back(i);
    }
    std::make_heap(heap_.begin(), heap_.end(), Later{readers_});
    return {};
  }

  Result<std::optional<SortEntry>> next() {
    if (last_) {  // the entry given last stands in its reader's buffer: only now may it go
      Reader& reader = readers_[*last_];
      if (const Result<void> read = advance(reader); !read) return read.error();
      if (reader.entry) {
        heap_.push_back(*last_);
        std::push_heap(heap_.begin(), heap_.end(), Later{readers_});
      }
      last_.reset();
    }
    if (heap_.empty()) return std::optional<SortEntry>();
    std::pop_heap(heap_.begin(), heap_.end(), Later{readers_});
    last_ = heap_.back();
    heap_.pop_back();
    return readers_[*last_].entry;
  }

 private:
  static constexpr size_t kBufferSize = size_t{64} << 10;

  struct Reader {
    uint64_t at = 0;  // in the file, of what is not in the buffer yet
    uint64_t end = 0;
    std::string buffer;
    size_t used = 0;
    std::optional<SortEntry> entry;  // its next; a view into the buffer
  };

  // The heap keeps the reader in front whose entry comes first.
  struct Later {
    bool operator()(size_t a, size_t b) const { return before(*readers[b].entry, *readers[a].entry); }
    const std::vector<Reader>& readers;
  };

  void append(const SortEntry& entry) {
    RecordHead head{};
    head.line = entry.line;
    head.source = entry.source;
    head.name_size = static_cast<uint16_t>(entry.name.size());
    head.flags = flags_of(entry);
    out_.append(reinterpret_cast<const char*>(&head), sizeof(head));
    out_.append(entry.name);
  }

  Result<void> flush() {
    Result<void> written = write_all(fd_.get(), out_, "work file of the import");
    size_ += out_.size();
    out_.clear();
    return written;
  }

  Result<void> advance(Reader& reader) {
    RecordHead head;
    reader.entry.reset();
    if (Result<void> filled = fill(reader, sizeof(head)); !filled) return filled;
    if (reader.buffer.size() - reader.used < sizeof(head)) return {};
    std::memcpy(&head, reader.buffer.data() + reader.used, sizeof(head));
    if (Result<void> filled = fill(reader, sizeof(head) + head.name_size); !filled) return filled;
    const std::string_view name(reader.buffer.data() + reader.used + sizeof(head), head.name_size);
    reader.used += sizeof(head) + head.name_size;
    reader.entry = entry_of(name, head.flags, head.source, head.line);
    return {};
  }

  // At least `size` unused bytes in the buffer, unless the piece ends before.
  Result<void> fill(Reader& reader, size_t size) {
    if (reader.buffer.size() - reader.used >= size || reader.at == reader.end) return {};
    reader.buffer.erase(0, reader.used);
    reader.used = 0;
    while (reader.buffer.size() < size && reader.at < reader.end) {
      const size_t old_size = reader.buffer.size();
      const size_t wanted = std::min<uint64_t>(kBufferSize, reader.end - reader.at);
      reader.buffer.resize(old_size + wanted);
      const ssize_t count =
          ::pread(fd_.get(), reader.buffer.data() + old_size, wanted, static_cast<off_t>(reader.at));
      if (count < 0 && errno == EINTR) {
        reader.buffer.resize(old_size);
        continue;
      }
      if (count <= 0) return Error::from_errno(count < 0 ? errno : EIO, "read the work file of the import");
      reader.buffer.resize(old_size + static_cast<size_t>(count));
      reader.at += static_cast<uint64_t>(count);
    }
    return {};
  }

  UniqueFd fd_;
  uint64_t size_ = 0;
  std::string out_;
  std::vector<Reader> readers_;
  std::vector<size_t> heap_;    // readers with an entry, the first of them in front
  std::optional<size_t> last_;  // the reader whose entry was given last
};

EntrySorter::EntrySorter(size_t memory_max) : memory_max_(memory_max), piece_(std::make_unique<Piece>()) {}
EntrySorter::EntrySorter(EntrySorter&&) noexcept = default;
EntrySorter::~EntrySorter() = default;

Result<void> EntrySorter::add(const SortEntry& entry) {
  piece_->add(entry);
  if (piece_->size() < memory_max_) return {};
  return write_piece();
}

Result<void> EntrySorter::write_piece() {
  if (file_ == nullptr) {
    Result<std::unique_ptr<PieceFile>> created = PieceFile::create();
    if (!created) return created.error();
    file_ = *std::move(created);
  }
  piece_->sort();
  Result<void> written = file_->write(*piece_);
  piece_->clear();
  return written;
}

Result<void> EntrySorter::sort() {
  if (file_ == nullptr) {
    piece_->sort();
    return {};
  }
  if (!piece_->empty()) {
    if (Result<void> written = write_piece(); !written) return written;
  }
  piece_ = std::make_unique<Piece>();  // gives its memory back
  return file_->begin_merge();
}

Result<std::optional<SortEntry>> EntrySorter::next() {
  if (file_ == nullptr) return piece_->next();
  return file_->next();
}

}  // namespace querymark
