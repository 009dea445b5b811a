// SPDX-License-Identifier: Apache-2.0
#include "aws/aws_access.h"

namespace querymark {

AwsAccess::AwsAccess(Environment environment) : environment_(std::move(environment)) {}

HttpClient& AwsAccess::http() {
  if (!http_) http_ = std::make_unique<HttpClient>(environment_);
  return *http_;
}

Result<AwsSession*> AwsAccess::session() {
  if (!session_) {
    Result<std::unique_ptr<AwsSession>> opened = AwsSession::open(environment_);
    if (!opened) return opened.error();
    session_ = *std::move(opened);
  }
  return session_.get();
}

Result<const S3*> AwsAccess::s3() {
  if (!s3_) {
    const Result<AwsSession*> session = this->session();
    if (!session) return session.error();
    Result<S3> opened = S3::open(**session);
    if (!opened) return opened.error();
    s3_.emplace(*std::move(opened));
  }
  return &*s3_;
}

Result<const DynamoDb*> AwsAccess::dynamodb() {
  if (!dynamodb_) {
    const Result<AwsSession*> session = this->session();
    if (!session) return session.error();
    Result<DynamoDb> opened = DynamoDb::open(**session);
    if (!opened) return opened.error();
    dynamodb_.emplace(*std::move(opened));
  }
  return &*dynamodb_;
}

Result<Sns> AwsAccess::sns(std::string_view topic_arn, RetryPolicy policy) {
  const Result<AwsSession*> session = this->session();
  if (!session) return session.error();
  return Sns::open(**session, topic_arn, policy);
}

}  // namespace querymark
