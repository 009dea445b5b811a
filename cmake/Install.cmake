# cmake --install, and with --target package a .deb: the program, its manual page, completions for three shells,
# the documents, the licence, and the samples of `querymark demo`.
include(GNUInstallDirs)

set(manual ${PROJECT_BINARY_DIR}/install/querymark.1)
set(bash ${PROJECT_BINARY_DIR}/install/querymark.bash)
set(zsh ${PROJECT_BINARY_DIR}/install/_querymark)
set(fish ${PROJECT_BINARY_DIR}/install/querymark.fish)
file(MAKE_DIRECTORY ${PROJECT_BINARY_DIR}/install)
# The program writes them from its own command line, so that they name every option there is.
add_custom_command(OUTPUT ${manual} ${bash} ${zsh} ${fish}
  COMMAND querymark manual > ${manual}
  COMMAND querymark completion bash > ${bash}
  COMMAND querymark completion zsh > ${zsh}
  COMMAND querymark completion fish > ${fish}
  DEPENDS querymark COMMENT "Writing the manual page and the completions" VERBATIM)
add_custom_target(manual ALL DEPENDS ${manual} ${bash} ${zsh} ${fish})

install(TARGETS querymark)
if(QUERYMARK_DUCKDB_LIBRARY)
  install(FILES ${QUERYMARK_DUCKDB_LIBRARY} DESTINATION lib/querymark)
endif()
install(FILES ${manual} DESTINATION ${CMAKE_INSTALL_MANDIR}/man1)
install(FILES ${bash} DESTINATION ${CMAKE_INSTALL_DATADIR}/bash-completion/completions RENAME querymark)
install(FILES ${zsh} DESTINATION ${CMAKE_INSTALL_DATADIR}/zsh/vendor-completions)
install(FILES ${fish} DESTINATION ${CMAKE_INSTALL_DATADIR}/fish/vendor_completions.d)
install(FILES packaging/systemd/querymark.service DESTINATION lib/systemd/system)
install(FILES packaging/systemd/querymark.sysusers DESTINATION lib/sysusers.d RENAME querymark.conf)
install(FILES README.md ARCHITECTURE.md CHANGELOG.md DESTINATION ${CMAKE_INSTALL_DOCDIR})
install(FILES LICENSE DESTINATION ${CMAKE_INSTALL_DOCDIR} RENAME copyright)
install(DIRECTORY docs DESTINATION ${CMAKE_INSTALL_DOCDIR})
install(DIRECTORY tests/data/demo/ DESTINATION ${CMAKE_INSTALL_DATADIR}/querymark/demo
  FILES_MATCHING PATTERN "interesting.*" PATTERN "resolver.ndjson" PATTERN "pretty.json" PATTERN "wrapped.ndjson" PATTERN "put_record_batch.json")

set(CPACK_GENERATOR DEB)
set(CPACK_PACKAGING_INSTALL_PREFIX /usr)
set(CPACK_PACKAGE_CONTACT "querymark maintainers")
set(CPACK_PACKAGE_DESCRIPTION_SUMMARY "Marks DNS query logs by a table of interesting domains")
set(CPACK_STRIP_FILES ON)
set(CPACK_DEBIAN_FILE_NAME DEB-DEFAULT)
set(CPACK_DEBIAN_COMPRESSION_TYPE zstd)
set(CPACK_DEBIAN_PACKAGE_SECTION net)
set(CPACK_DEBIAN_PACKAGE_SHLIBDEPS ON)
set(CPACK_DEBIAN_PACKAGE_DEPENDS ca-certificates)
set(CPACK_DEBIAN_PACKAGE_RECOMMENDS curl) # querymark demo sends with it
set(CPACK_DEBIAN_PACKAGE_CONTROL_STRICT_PERMISSION ON)
set(CPACK_DEBIAN_PACKAGE_CONTROL_EXTRA ${PROJECT_SOURCE_DIR}/packaging/debian/postinst)
include(CPack)
