# cmake -DOUT=FILE.cc "-DFILES=A;B" -P EmbedAssets.cmake: the files, compressed, as dashboard_assets().
set(arrays)
set(entries)
set(number 0)
foreach(file ${FILES})
  get_filename_component(name ${file} NAME)
  get_filename_component(extension ${file} LAST_EXT)
  string(TOLOWER ${name} name)
  set(path /assets/${name})
  set(type text/plain)
  if(name STREQUAL "index.html")
    set(path /)
    set(type text/html)
  elseif(extension STREQUAL ".js")
    set(type text/javascript)
  elseif(extension STREQUAL ".css")
    set(type text/css)
  elseif(extension STREQUAL ".svg")
    set(type image/svg+xml)
  elseif(name STREQUAL "license")
    set(path /assets/uplot.license.txt)
  endif()
  file(SHA256 ${file} identity)
  string(SUBSTRING ${identity} 0 16 identity)
  set(archive ${OUT}.gz)
  file(ARCHIVE_CREATE OUTPUT ${archive} PATHS ${file} FORMAT raw COMPRESSION GZip COMPRESSION_LEVEL 9)
  file(READ ${archive} bytes HEX)
  file(REMOVE ${archive})
  string(REGEX REPLACE "([0-9a-f][0-9a-f])" "\\\\x\\1" bytes "${bytes}")
  string(LENGTH "${bytes}" size)
  math(EXPR size "${size} / 4")
  string(APPEND arrays "constexpr char kBytes${number}[] = \"${bytes}\";\n")
  string(APPEND entries
    "    DashboardAsset{\"${path}\", \"${type}; charset=utf-8\", \"${identity}\", {kBytes${number}, ${size}}},\n")
  math(EXPR number "${number} + 1")
endforeach()
file(WRITE ${OUT} "// SPDX-License-Identifier: Apache-2.0
#include \"service/dashboard_assets.h\"

#include <array>

namespace querymark {
namespace {

${arrays}
constexpr std::array kAssets = {
${entries}};

}  // namespace

std::span<const DashboardAsset> dashboard_assets() {
  return kAssets;
}

}  // namespace querymark
")
