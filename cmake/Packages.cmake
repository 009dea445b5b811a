# Libraries from the system's packages (packaging/apt-packages names them), and the suffix list from its own.
find_package(PkgConfig REQUIRED)
find_package(Threads REQUIRED)
find_package(SQLite3 REQUIRED)
find_package(simdjson REQUIRED)
find_package(nlohmann_json REQUIRED)
find_package(CLI11 REQUIRED)
find_package(fmt REQUIRED)
find_package(spdlog REQUIRED)
find_package(tomlplusplus REQUIRED)
find_package(CURL REQUIRED)
find_package(OpenSSL REQUIRED)
find_package(Boost 1.74 REQUIRED) # headers: Asio and Beast
find_package(GTest REQUIRED)
find_package(benchmark REQUIRED)
pkg_check_modules(idn2 REQUIRED IMPORTED_TARGET libidn2)
pkg_check_modules(hwy REQUIRED libhwy) # its headers: see src/codec/vector_target.h
pkg_check_modules(isal REQUIRED IMPORTED_TARGET libisal)
pkg_check_modules(xxhash REQUIRED IMPORTED_TARGET libxxhash)

# What is fetched by name, version and hash; the presets share one folder.
set(QUERYMARK_DOWNLOADS ${PROJECT_BINARY_DIR}/downloads CACHE PATH "Folder of fetched packages")
include(FetchNpm)
include(SuffixList)
include(DuckDb)
