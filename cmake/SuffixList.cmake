# The Public Suffix List that is compiled in: QUERYMARK_PSL names a .dat file. By default it is the one inside
# the PyPI package pinned below, the newest copy a package registry carried when it was chosen; pip fetches it
# once and refuses any other content than the hash says.
set(QUERYMARK_PSL "" CACHE FILEPATH "public_suffix_list.dat to compile in (default: from the pinned package)")
if(NOT QUERYMARK_PSL)
  set(version "1.1.2.20261023")
  set(hash "c792aa3fd37076c15f1c9d9897e59e9d58e8bacdf4315eb9cc10141a26d8995c")
  set(requirement "publicsuffixlist==${version}")
  set(wheel ${QUERYMARK_DOWNLOADS}/publicsuffixlist-${version}-py3-none-any.whl)
  set(folder ${PROJECT_BINARY_DIR}/psl)
  if(NOT EXISTS ${wheel})
    message(STATUS "Fetching the Public Suffix List: ${requirement}")
    file(WRITE ${folder}/requirements.txt "${requirement} --hash=sha256:${hash}\n")
    execute_process(
      COMMAND python3 -m pip download --quiet --disable-pip-version-check --no-deps --require-hashes
        --only-binary=:all: --dest ${QUERYMARK_DOWNLOADS} -r ${folder}/requirements.txt
      RESULT_VARIABLE failed)
    if(failed)
      message(FATAL_ERROR "pip could not fetch ${requirement}. Install python3-pip and reach PyPI or a mirror, "
        "or name a list that you have: -DQUERYMARK_PSL=/path/to/public_suffix_list.dat")
    endif()
  endif()
  if(NOT EXISTS ${folder}/sha256:${hash})
    file(SHA256 ${wheel} found)
    if(NOT found STREQUAL hash)
      message(FATAL_ERROR "${wheel} is damaged: remove it")
    endif()
    file(ARCHIVE_EXTRACT INPUT ${wheel} DESTINATION ${folder})
    file(TOUCH ${folder}/sha256:${hash})
  endif()
  set(QUERYMARK_PSL ${folder}/publicsuffixlist/public_suffix_list.dat)
endif()
