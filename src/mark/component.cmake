# The bench marks records of the generated corpus.
target_link_libraries(mark_bench PRIVATE querymark::corpus)
