# The saved questions as a source: questions/NAME.sql, by name.
file(GLOB questions CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/src/query/questions/*.sql)
set(entries)
foreach(question ${questions})
  get_filename_component(name ${question} NAME_WE)
  file(READ ${question} text)
  string(APPEND entries "    SavedQuestion{\"${name}\", R\"sql(${text})sql\"},\n")
  set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${question})
endforeach()
file(CONFIGURE OUTPUT ${PROJECT_BINARY_DIR}/query/saved_questions.cc @ONLY CONTENT
"// SPDX-License-Identifier: Apache-2.0
#include <array>

#include \"query/questions.h\"

namespace querymark {
namespace {

constexpr std::array kQuestions = {
${entries}};

}  // namespace

std::span<const SavedQuestion> saved_questions() {
  return kQuestions;
}

}  // namespace querymark
")
target_sources(querymark_query PRIVATE ${PROJECT_BINARY_DIR}/query/saved_questions.cc)
