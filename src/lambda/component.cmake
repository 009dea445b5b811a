add_lambda_function(stream_processor src/lambda/stream_processor_main.cc LIBS querymark::lambda)
