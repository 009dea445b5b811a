# The table that is compiled into the program: a tool made of this folder's own parser and compiler turns the
# suffix list into constants, which the library then carries.
add_executable(suffix_table_compile
  src/psl/suffix_table_compile_main.cc src/psl/suffix_rules.cc src/psl/suffix_image.cc)
target_link_libraries(suffix_table_compile PRIVATE querymark::dns querymark::options)

set(built_in ${PROJECT_BINARY_DIR}/psl/built_in_suffixes.cc)
add_custom_command(
  OUTPUT ${built_in}
  COMMAND suffix_table_compile ${QUERYMARK_PSL} ${built_in}
  DEPENDS suffix_table_compile ${QUERYMARK_PSL}
  COMMENT "Compiling the suffix list" VERBATIM)
target_sources(querymark_psl PRIVATE ${built_in})

# The bench sets libpsl beside our table where it is installed.
pkg_check_modules(libpsl QUIET IMPORTED_TARGET libpsl)
if(libpsl_FOUND)
  target_link_libraries(psl_bench PRIVATE PkgConfig::libpsl)
  target_compile_definitions(psl_bench PRIVATE QUERYMARK_HAVE_LIBPSL)
endif()
