# The thread sanitizer does not model the fences of Asio's completions, which stand beside its locks.
if(QUERYMARK_SANITIZE STREQUAL "thread")
  set_source_files_properties(${PROJECT_SOURCE_DIR}/src/service/http_server.cc PROPERTIES COMPILE_OPTIONS -Wno-error=tsan)
endif()
# The dashboard's page as a source: the files of web/, and the chart library uPlot from its npm package, each
# compressed.
fetch_npm(uplot 1.6.32 4b8a8191e425658e3ea8c8c1314b0fc679c861ee3a1af2b20c7b16ba50b5133d dist/uPlot.iife.min.js uplot)
fetch_npm(uplot 1.6.32 4b8a8191e425658e3ea8c8c1314b0fc679c861ee3a1af2b20c7b16ba50b5133d dist/uPlot.min.css uplot_style)
fetch_npm(uplot 1.6.32 4b8a8191e425658e3ea8c8c1314b0fc679c861ee3a1af2b20c7b16ba50b5133d LICENSE uplot_licence)
file(GLOB web CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/web/*)
set(assets_source ${PROJECT_BINARY_DIR}/service/dashboard_assets.cc)
add_custom_command(OUTPUT ${assets_source}
  COMMAND ${CMAKE_COMMAND} -DOUT=${assets_source} "-DFILES=${web};${uplot};${uplot_style};${uplot_licence}"
    -P ${PROJECT_SOURCE_DIR}/cmake/EmbedAssets.cmake
  DEPENDS ${web} ${uplot} ${uplot_style} ${uplot_licence} ${PROJECT_SOURCE_DIR}/cmake/EmbedAssets.cmake
  COMMENT "Compressing the dashboard's page" VERBATIM)
target_sources(querymark_service PRIVATE ${assets_source})
