// SPDX-License-Identifier: Apache-2.0
// What marking a gzip file into a gzip file costs at the least: inflate and deflate by ISA-L in members of 1
// MB, nothing between.
//
// usage: gzip_floor FILE.gz > OUT.gz
#include <unistd.h>

#include <cstdio>
#include <memory>
#include <string>

#include "base/file.h"
#include "codec/gzip.h"

using namespace querymark;

namespace {

constexpr size_t kBlockSize = size_t{1} << 20;

Result<void> copy(const std::string& path) {
  const Result<UniqueFd> file = open_for_reading(path);
  if (!file) return file.error();
  GzipReader reader(file->get(), path);
  GzipWriter writer(GzipLevel::kFast);
  const auto block = std::make_unique<char[]>(kBlockSize);
  const auto member = std::make_unique<char[]>(gzip_size_max(kBlockSize));
  for (;;) {
    size_t filled = 0;
    while (filled < kBlockSize) {
      const Result<size_t> size = reader.read_some(block.get() + filled, kBlockSize - filled);
      if (!size) return size.error();
      if (*size == 0) break;
      filled += *size;
    }
    if (filled == 0) return {};
    const std::string_view bytes = writer.compress({block.get(), filled}, member.get());
    const Result<void> written = write_all(STDOUT_FILENO, bytes, "standard output");
    if (!written) return written.error();
  }
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 2) {
    std::fprintf(stderr, "usage: gzip_floor FILE.gz > OUT.gz\n");
    return 2;
  }
  if (const Result<void> copied = copy(argv[1]); !copied) {
    std::fprintf(stderr, "gzip_floor: %s\n", copied.error().detail.c_str());
    return 1;
  }
  return 0;
}
