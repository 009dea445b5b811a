# zlib is the oracle of the gzip tests.
find_package(ZLIB REQUIRED)
target_link_libraries(codec_test PRIVATE ZLIB::ZLIB)
