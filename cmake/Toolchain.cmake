# Language level, warnings and sanitizers, for our own targets only: querymark::options carries them.
set(CMAKE_CXX_STANDARD 20)
set(CMAKE_CXX_STANDARD_REQUIRED ON)
set(CMAKE_CXX_EXTENSIONS OFF)
set(CMAKE_EXPORT_COMPILE_COMMANDS ON)
if(NOT CMAKE_BUILD_TYPE)
  set(CMAKE_BUILD_TYPE Release)
endif()

set(QUERYMARK_SANITIZE "" CACHE STRING "Sanitizers to build with, as for -fsanitize= (address,undefined or thread)")
option(QUERYMARK_FUZZ "Link the fuzz targets with libFuzzer (clang) instead of the corpus replay" OFF)
option(QUERYMARK_COVERAGE "Measure test coverage (gcov)" OFF)

add_library(querymark_options INTERFACE)
add_library(querymark::options ALIAS querymark_options)
target_compile_options(querymark_options INTERFACE
  -Wall -Wextra -Wpedantic -Wshadow -Wnon-virtual-dtor -Wold-style-cast -Woverloaded-virtual -Wcast-qual
  -Wformat=2 -Wundef -Werror)
target_include_directories(querymark_options INTERFACE ${PROJECT_SOURCE_DIR}/src)

if(QUERYMARK_SANITIZE)
  add_compile_options(-fsanitize=${QUERYMARK_SANITIZE} -fno-sanitize-recover=all -fno-omit-frame-pointer)
  add_link_options(-fsanitize=${QUERYMARK_SANITIZE})
endif()
if(QUERYMARK_FUZZ)
  # More optimisation takes longer to compile than it saves in a run of seconds.
  add_compile_options(-O1 -gline-tables-only
    -fsanitize=fuzzer-no-link,address,undefined -fno-sanitize-recover=all -fno-omit-frame-pointer)
  add_link_options(-fsanitize=address,undefined)
endif()
if(QUERYMARK_COVERAGE)
  add_compile_options(--coverage)
  add_link_options(--coverage)
endif()
