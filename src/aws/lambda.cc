// SPDX-License-Identifier: Apache-2.0
#include "aws/lambda.h"

#include "aws/uri_encoding.h"

namespace querymark {
namespace {

// Lambda names an error in a header, where the other JSON protocols name it in the body.
AwsError read_lambda_error(const HttpResponse& response) {
  AwsError error = read_json_error(response);
  const std::string_view type = response.header("x-amzn-ErrorType");
  if (!type.empty()) error.code = type.substr(0, type.find(':'));
  return error;
}

}  // namespace

Result<Lambda> Lambda::open(AwsSession& session, RetryPolicy policy) {
  Result<AwsService> service = session.service("lambda", policy);
  if (!service) return service.error();
  return Lambda(*std::move(service));
}

Result<void> Lambda::invoke_later(std::string_view function, std::string_view event,
                                  Deadline deadline) const {
  if (event.size() > kLambdaAsyncPayloadMax)
    return Error::limit("Lambda Invoke: an event of " + std::to_string(event.size()) + " bytes");
  AwsCall call;
  call.operation = "Lambda Invoke";
  call.request.method = "POST";
  call.request.url = service_.endpoint().url;
  if (call.request.url.path == "/") call.request.url.path.clear();
  call.request.url.path += "/2015-03-31/functions/" + uri_encode(function) + "/invocations";
  call.request.headers = {{"Content-Type", "application/json"}, {"X-Amz-Invocation-Type", "Event"}};
  call.request.body = event;
  call.read_error = read_lambda_error;
  const Result<HttpResponse> response = service_.call(std::move(call), deadline);
  if (!response) return response.error();
  return {};
}

}  // namespace querymark
