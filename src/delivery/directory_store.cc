// SPDX-License-Identifier: Apache-2.0
#include "delivery/directory_store.h"

#include <filesystem>
#include <system_error>

#include "base/file.h"

namespace querymark {
namespace {

namespace fs = std::filesystem;

void remove_unfinished(const fs::path& path) {
  std::error_code ignored;
  const std::string prefix = path.filename().string() + ".tmp.";
  for (const fs::directory_entry& entry : fs::directory_iterator(path.parent_path(), ignored)) {
    if (entry.path().filename().string().starts_with(prefix)) fs::remove(entry.path(), ignored);
  }
}

class FileWriter final : public ObjectWriter {
 public:
  explicit FileWriter(AtomicFile file) : file_(std::move(file)) {}
  Result<void> append(std::string_view bytes, Deadline) override { return file_.append(bytes); }
  Result<void> commit(Deadline) override { return file_.commit(); }

 private:
  AtomicFile file_;
};

class DirectoryStore final : public ObjectStore {
 public:
  explicit DirectoryStore(std::string path) : path_(std::move(path)) {}

  Result<std::unique_ptr<ObjectWriter>> create(const std::string& key, Deadline) override {
    const fs::path path = fs::path(path_) / key;
    if (const Result<void> made = make_folders(path.parent_path().string()); !made) return made.error();
    remove_unfinished(path);
    Result<AtomicFile> file = AtomicFile::create(path.string());
    if (!file) return file.error();
    return std::unique_ptr<ObjectWriter>(std::make_unique<FileWriter>(*std::move(file)));
  }

  std::string description() const override { return "dir:" + path_; }

 private:
  std::string path_;
};

}  // namespace

std::unique_ptr<ObjectStore> make_directory_store(std::string path) {
  return std::make_unique<DirectoryStore>(std::move(path));
}

}  // namespace querymark
