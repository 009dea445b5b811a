# DuckDB's C API for src/query: the header to compile with, and the shared library that the program opens when a
# question is asked (linked, it would cost every other verb its start). A system's library is taken where there is
# one. Else both come from npm packages pinned here, whose content must be what the hashes say: the library from the
# bindings' package, the header from the package that carries the sources. Only functions and types that both versions
# have are used.
#
# Defines the target duckdb_header, and QUERYMARK_DUCKDB_LIBRARY: the file to ship, empty for a system's library.
set(QUERYMARK_DUCKDB_LIBRARY "")
add_library(duckdb_header INTERFACE)
find_path(duckdb_include duckdb.h)
find_library(duckdb_library duckdb)
mark_as_advanced(duckdb_include duckdb_library)
if(duckdb_include AND duckdb_library)
  target_include_directories(duckdb_header SYSTEM INTERFACE ${duckdb_include})
  return()
endif()

if(CMAKE_SYSTEM_PROCESSOR MATCHES "aarch64|arm64")
  set(bindings @duckdb/node-bindings-linux-arm64 1.5.6-r.1 3a45a6305b3235a781ed9de25aa795a3862acd042782d1f864e1bdb656de212b)
else()
  set(bindings @duckdb/node-bindings-linux-x64 1.5.6-r.1
    1b9f82478539bb9a1d1df44bd103121a12ae52142c07158dc52b97d2ec1d69ff)
endif()
fetch_npm(${bindings} libduckdb.so library)
fetch_npm(duckdb 1.4.4 5bb967dcbcd517670ba5f169f238fb9d6787e53752c60ebe24386169d76941ed
  src/duckdb/src/include/duckdb.h header)
get_filename_component(folder ${header} DIRECTORY)
target_include_directories(duckdb_header SYSTEM INTERFACE ${folder})
set(QUERYMARK_DUCKDB_LIBRARY ${library})
# Beside the program as it is beside the installed one (../lib/querymark).
file(CREATE_LINK ${library} ${PROJECT_BINARY_DIR}/libduckdb.so SYMBOLIC)
