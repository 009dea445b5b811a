# add_lambda_function(stream_processor stream_processor_main.cc LIBS querymark::lambda)
#
# A program that deploy/sam/package makes into a Lambda package. It finds its libraries in /var/task/lib, where
# Lambda unpacks the package, by DT_RPATH: that goes before the LD_LIBRARY_PATH that Lambda sets, and holds for the
# libraries' own libraries too. On any other machine there is no such folder, and it runs like every program.
function(add_lambda_function name)
  cmake_parse_arguments(PARSE_ARGV 1 arg "" "" "LIBS")
  add_executable(${name} ${arg_UNPARSED_ARGUMENTS})
  target_link_libraries(${name} PRIVATE ${arg_LIBS} querymark::options)
  set_target_properties(${name} PROPERTIES SKIP_BUILD_RPATH ON
    RUNTIME_OUTPUT_DIRECTORY ${PROJECT_BINARY_DIR}/lambda)
  target_link_options(${name} PRIVATE -Wl,--as-needed -Wl,--disable-new-dtags -Wl,-rpath,/var/task/lib)
  if(NOT QUERYMARK_SANITIZE AND NOT QUERYMARK_FUZZ)
    target_link_options(${name} PRIVATE -static-libstdc++ -static-libgcc) # two shared objects fewer to load
  endif()
endfunction()
