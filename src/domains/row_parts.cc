// SPDX-License-Identifier: Apache-2.0
#include "domains/row_parts.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <utility>

namespace querymark {
namespace {

struct StatementHead {
  uint64_t hash;
  uint32_t list;
  uint16_t name_size;
  uint8_t flags;
  uint8_t zero;
};
static_assert(sizeof(StatementHead) == 16, "no padding");

Result<UniqueFd> create_unnamed_file(const std::string& beside) {
  if (beside.empty()) return create_memory_file();
  const std::string path = beside + ".work." + std::to_string(::getpid());
  UniqueFd fd(::open(path.c_str(), O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0600));
  if (!fd || ::unlink(path.c_str()) != 0) return Error::from_errno(errno, "create " + path);
  return fd;
}

}  // namespace

Result<UniqueFd> create_memory_file() {
  UniqueFd fd(::memfd_create("querymark domain set", MFD_CLOEXEC));
  if (!fd) return Error::from_errno(errno, "create a memory file");
  return fd;
}

RowStatement RowStatement::read(const char*& at) {
  StatementHead head;
  std::memcpy(&head, at, sizeof head);
  const std::string_view name(at + sizeof head, head.name_size);
  at += sizeof head + head.name_size;
  return {head.hash, name, head.list, head.flags};
}

Result<void> RowParts::add(const RowStatement& statement) {
  Part& part = parts_[statement.hash / (~uint64_t{0} / kPartCount + 1)];
  const StatementHead head{statement.hash, statement.list, static_cast<uint16_t>(statement.name.size()),
                           statement.flags, 0};
  if (part.buffer.size() + sizeof head + statement.name.size() > kBufferSize)
    if (Result<void> moved = move_to_work_file(part); !moved) return moved;
  part.buffer.append(reinterpret_cast<const char*>(&head), sizeof head).append(statement.name);
  return {};
}

Result<void> RowParts::move_to_work_file(Part& part) {
  if (!work_file_) {
    Result<UniqueFd> created = create_unnamed_file(path_);
    if (!created) return created.error();
    work_file_ = std::move(*created);
  }
  if (Result<void> written = write_at(work_file_.get(), work_size_, part.buffer, path_ + " (work file)");
      !written)
    return written;
  part.segments.push_back({work_size_, part.buffer.size()});
  work_size_ += part.buffer.size();
  part.buffer.clear();
  return {};
}

Result<std::string> RowParts::take(size_t index) {
  Part part = std::exchange(parts_[index], Part());
  if (part.segments.empty()) return std::move(part.buffer);
  std::string bytes;
  size_t size = part.buffer.size();
  for (const Segment& segment : part.segments) size += segment.size;
  bytes.reserve(size);
  for (const Segment& segment : part.segments) {
    const size_t begin = bytes.size();
    bytes.resize(begin + segment.size);
    const Result<void> read =
        read_at(work_file_.get(), segment.begin, bytes.data() + begin, segment.size, path_ + " (work file)");
    if (!read) return read.error();
  }
  return bytes.append(part.buffer);
}

}  // namespace querymark
