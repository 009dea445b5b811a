add_lambda_function(import_interesting_domains src/lambda/import_interesting_domains_main.cc LIBS querymark::lambda)
add_lambda_function(stream_processor src/lambda/stream_processor_main.cc LIBS querymark::lambda)

# The bench processes records of the generated corpus.
target_link_libraries(lambda_bench PRIVATE querymark::corpus)
