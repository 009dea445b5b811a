# g++ 12 sees an uninitialised value inside std::regex when it also sanitizes.
set_source_files_properties(${PROJECT_SOURCE_DIR}/src/lists/text_oracle_test.cc PROPERTIES
  COMPILE_OPTIONS "$<$<CXX_COMPILER_ID:GNU>:-Wno-maybe-uninitialized>")
