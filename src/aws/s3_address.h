// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string_view>

#include "aws/endpoint.h"
#include "aws/http_message.h"

// Where an object, or with an empty key its bucket, is found.
//
//   bucket "logs", key "a b/c"   https://logs.s3.eu-west-1.amazonaws.com/a%20b/c
//   bucket "my.logs"             https://s3.eu-west-1.amazonaws.com/my.logs/a%20b/c   no certificate fits two
//   labels endpoint of the user's own   http://127.0.0.1:9000/logs/a%20b/c
//
// Keys are encoded once and never normalised.
namespace querymark {

HttpUrl s3_url(const AwsEndpoint& endpoint, std::string_view region, std::string_view bucket,
               std::string_view key);

}  // namespace querymark
