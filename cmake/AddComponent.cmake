# add_component(psl DEPS dns LIBS PkgConfig::idn2)
#
# Makes the library querymark::psl of src/psl/*.cc. DEPS are our folders it may include (and what includes it
# sees too); LIBS are other people's libraries, seen by its own .cc files only. THREADS: it starts threads, and
# its tests run under the thread sanitizer too (label "threads"). The file's stem says what it is:
#   NAME_test.cc   into psl_test, each TEST a test of ctest
#   NAME_bench.cc  into psl_bench (Google Benchmark; ctest does not run it)
#   NAME_fuzz.cc   a fuzz target NAME_fuzz; ctest replays fuzz/corpus/NAME and fuzz/past_crashes/NAME through it,
#                  and in the preset fuzz looks on from there for QUERYMARK_FUZZ_SECONDS (label "fuzz")
include(GoogleTest)

add_custom_target(threads_tests)
add_custom_target(fuzzers)
set(QUERYMARK_FUZZ_SECONDS 10 CACHE STRING "Time for each fuzz target of the preset fuzz in ctest")

function(add_component name)
  cmake_parse_arguments(PARSE_ARGV 1 arg "THREADS" "" "DEPS;LIBS")
  file(GLOB sources CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/src/${name}/*.cc)
  set(tests ${sources})
  list(FILTER tests INCLUDE REGEX "_test\\.cc$")
  set(benches ${sources})
  list(FILTER benches INCLUDE REGEX "_bench\\.cc$")
  set(fuzzers ${sources})
  list(FILTER fuzzers INCLUDE REGEX "_fuzz\\.cc$")
  list(FILTER sources EXCLUDE REGEX "_(test|bench|fuzz|main)\\.cc$")

  list(TRANSFORM arg_DEPS PREPEND querymark::)
  if(sources)
    add_library(querymark_${name} STATIC ${sources})
    target_link_libraries(querymark_${name} PUBLIC ${arg_DEPS} PRIVATE querymark::options ${arg_LIBS})
  else()
    add_library(querymark_${name} INTERFACE)
    target_link_libraries(querymark_${name} INTERFACE ${arg_DEPS})
  endif()
  add_library(querymark::${name} ALIAS querymark_${name})

  if(tests)
    add_executable(${name}_test ${tests})
    target_link_libraries(${name}_test PRIVATE querymark::${name} querymark::options ${arg_LIBS}
      nlohmann_json::nlohmann_json GTest::gtest_main)
    # What is tested is optimised in full; the tests themselves run once.
    target_compile_options(${name}_test PRIVATE $<$<CONFIG:Release>:-O1>)
    target_compile_definitions(${name}_test PRIVATE
      QUERYMARK_SOURCE_DIR="${PROJECT_SOURCE_DIR}" QUERYMARK_PSL_FILE="${QUERYMARK_PSL}")
    set(labels)
    if(arg_THREADS)
      set(labels LABELS threads)
      add_dependencies(threads_tests ${name}_test)
    endif()
    gtest_discover_tests(${name}_test DISCOVERY_TIMEOUT 60 PROPERTIES TIMEOUT 300 ${labels})
  endif()
  if(benches)
    add_executable(${name}_bench ${benches})
    target_link_libraries(${name}_bench PRIVATE querymark::${name} querymark::options ${arg_LIBS}
      benchmark::benchmark benchmark::benchmark_main)
    target_compile_definitions(${name}_bench PRIVATE QUERYMARK_PSL_FILE="${QUERYMARK_PSL}")
  endif()
  foreach(fuzzer ${fuzzers})
    add_fuzz_target(${name} ${fuzzer} ${arg_LIBS})
  endforeach()

  # What one folder needs and no other: src/NAME/component.cmake.
  include(${PROJECT_SOURCE_DIR}/src/${name}/component.cmake OPTIONAL)
endfunction()

function(add_fuzz_target component source)
  get_filename_component(target ${source} NAME_WE)
  string(REGEX REPLACE "_fuzz$" "" stem ${target})
  add_executable(${target} ${source})
  target_link_libraries(${target} PRIVATE querymark::${component} querymark::options ${ARGN})
  target_compile_definitions(${target} PRIVATE QUERYMARK_PSL_FILE="${QUERYMARK_PSL}")
  add_dependencies(fuzzers ${target})
  file(GLOB inputs LIST_DIRECTORIES true ${PROJECT_SOURCE_DIR}/fuzz/corpus/${stem}
    ${PROJECT_SOURCE_DIR}/fuzz/past_crashes/${stem})
  if(QUERYMARK_FUZZ)
    target_link_options(${target} PRIVATE -fsanitize=fuzzer)
    # What it finds goes beside the binary; the folders of the repository are read. The seed is fixed, so that a
    # change is judged by what it changes: --fuzz SECONDS looks further.
    file(MAKE_DIRECTORY ${PROJECT_BINARY_DIR}/corpus/${stem})
    add_test(NAME Fuzz.${stem} COMMAND ${target} -seed=1 -max_total_time=${QUERYMARK_FUZZ_SECONDS} -print_final_stats=1
      -artifact_prefix=${stem}_ ${PROJECT_BINARY_DIR}/corpus/${stem} ${inputs})
    set_tests_properties(Fuzz.${stem} PROPERTIES LABELS fuzz)
  else()
    target_sources(${target} PRIVATE ${PROJECT_SOURCE_DIR}/fuzz/replay_main.cc)
    add_test(NAME Fuzz.${stem}_corpus COMMAND ${target} ${inputs})
  endif()
endfunction()
