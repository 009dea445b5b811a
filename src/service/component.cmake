# The thread sanitizer does not model the fences of Asio's completions, which stand beside its locks.
if(QUERYMARK_SANITIZE STREQUAL "thread")
  set_source_files_properties(${PROJECT_SOURCE_DIR}/src/service/http_server.cc PROPERTIES COMPILE_OPTIONS -Wno-error=tsan)
endif()
