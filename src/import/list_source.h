// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <memory>
#include <optional>
#include <string>

#include "base/file.h"
#include "base/result.h"

// Where the bytes of a list come from. The importer asks no more of it than this.
namespace querymark {

class ListSource {
 public:
  virtual ~ListSource() = default;

  // For people, in errors and receipts: a path, a URL, "standard input".
  virtual const std::string& name() const = 0;
  // Up to `size` bytes, unpacked; 0 at the end. An error voids what was read before.
  virtual Result<size_t> read_some(char* out, size_t size) = 0;
  // How much of it has been read, from 0 to 1, where that can be known.
  virtual std::optional<double> fraction_read() const = 0;
};

// What a list is called that is given no name: the file's base name, of a URL without its query; "stdin" for
// "-".
std::string list_name_of(const std::string& location);

// A list in a file that is open at its beginning; gzip is unpacked, by its content.
Result<std::unique_ptr<ListSource>> make_list_source(UniqueFd file, std::string name);

// A file, or standard input for "-". gzip is unpacked, by its content. kInvalid for a folder.
Result<std::unique_ptr<ListSource>> open_list_file(const std::string& path);

}  // namespace querymark
