// SPDX-License-Identifier: Apache-2.0
// The program of the Lambda function import_interesting_domains.
#include <cstdio>
#include <cstdlib>
#include <memory>
#include <string_view>

#include "aws/aws_session.h"
#include "lambda/import_interesting_domains.h"
#include "lambda/log_line.h"
#include "lambda/runtime.h"

using namespace querymark;

namespace {

// One write a line: what standard output holds when Lambda freezes the program would be late.
void print_line(std::string_view line) {
  std::fprintf(stdout, "%.*s\n", static_cast<int>(line.size()), line.data());
  std::fflush(stdout);
}

// All that invocations share.
struct Function {
  std::unique_ptr<AwsSession> session;
  S3 s3;
  DynamoDb dynamodb;
  Lambda lambda;
};

Result<std::shared_ptr<const Function>> open_function(const Environment& environment) {
  Result<std::unique_ptr<AwsSession>> session = AwsSession::open(environment);
  if (!session) return session.error();
  Result<S3> s3 = S3::open(**session);
  if (!s3) return s3.error();
  Result<DynamoDb> dynamodb = DynamoDb::open(**session);
  if (!dynamodb) return dynamodb.error();
  Result<Lambda> lambda = Lambda::open(**session);
  if (!lambda) return lambda.error();
  return std::make_shared<const Function>(
      Function{*std::move(session), *std::move(s3), *std::move(dynamodb), *std::move(lambda)});
}

Result<Handler> make_handler() {
  const Environment environment = Environment::of_process();
  const Result<ImportFunctionSettings> settings = read_import_settings(environment);
  if (!settings) return settings.error();
  const Result<std::shared_ptr<const Function>> function = open_function(environment);
  if (!function) return function.error();
  return Handler([settings = *settings, function = *function](const Invocation& invocation) {
    ImportFunction import(settings, {function->s3, function->dynamodb, function->lambda}, print_line);
    return import.handle(invocation);
  });
}

}  // namespace

int main() {
  const Error ended = run_function(
      std::getenv("AWS_LAMBDA_RUNTIME_API"), make_handler, [](std::string_view id, const Error& error) {
        print_line(log_line("ERROR", "invocation failed", id, {{"reason", error.detail}}));
      });
  print_line(log_line("ERROR", "the function ends", "", {{"reason", ended.detail}}));
  return 1;
}
