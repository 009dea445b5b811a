# Highway's own checks need its library, which is not linked (vector_target.h).
target_compile_definitions(querymark_codec PRIVATE HWY_IS_DEBUG_BUILD=0)

# Oracles: zlib of the gzip tests, a full JSON parser of the splicer.
find_package(ZLIB REQUIRED)
target_link_libraries(codec_test PRIVATE ZLIB::ZLIB)
target_link_libraries(record_splicer_fuzz PRIVATE nlohmann_json::nlohmann_json)
