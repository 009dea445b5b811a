// SPDX-License-Identifier: Apache-2.0
#include <dlfcn.h>

#include <array>
#include <filesystem>
#include <string>

#include "query/duckdb_library-inl.h"

namespace querymark {
namespace {

template <typename Function>
bool bind(void* handle, const char* name, Function*& function) {
  function = reinterpret_cast<Function*>(::dlsym(handle, name));
  return function != nullptr;
}

bool bind_all(void* handle, DuckDbLibrary& library) {
  bool ok = true;
#define QUERYMARK_BIND(name) ok = ok && bind(handle, "duckdb_" #name, library.name);
  QUERYMARK_DUCKDB_FUNCTIONS(QUERYMARK_BIND)
#undef QUERYMARK_BIND
  return ok;
}

struct OpenedLibrary {
  DuckDbLibrary library{};
  std::string error;
};

OpenedLibrary open_library() {
  OpenedLibrary opened;
  std::error_code code;
  const std::filesystem::path program = std::filesystem::read_symlink("/proc/self/exe", code).parent_path();
  const std::array<std::string, 3> places = {program / "libduckdb.so",
                                             program / "../lib/querymark/libduckdb.so", "libduckdb.so"};
  for (const std::string& place : places) {
    void* handle = ::dlopen(place.c_str(), RTLD_LAZY | RTLD_LOCAL);
    if (handle == nullptr) {
      opened.error += (opened.error.empty() ? "" : "; ") + std::string(::dlerror());
      continue;
    }
    if (bind_all(handle, opened.library)) return {opened.library, {}};
    opened.error += (opened.error.empty() ? "" : "; ") + place + ": " + ::dlerror();
    ::dlclose(handle);
  }
  return opened;
}

}  // namespace

Result<const DuckDbLibrary*> duckdb_library() {
  static const OpenedLibrary opened = open_library();
  if (!opened.error.empty())
    return Error{Errc::kNotFound, "questions need DuckDB's library, libduckdb.so: " + opened.error};
  return &opened.library;
}

}  // namespace querymark
