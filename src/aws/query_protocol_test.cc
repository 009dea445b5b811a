// SPDX-License-Identifier: Apache-2.0
#include "aws/query_protocol.h"

#include <gtest/gtest.h>

namespace querymark {
namespace {

TEST(QueryProtocol, ParametersBecomeAForm) {
  EXPECT_EQ(query_body({}), "");
  EXPECT_EQ(query_body({{"Action", "Publish"}, {"Subject", " a b "}, {"Message", "1+1=2&\n"}}),
            "Action=Publish&Subject=+a+b+&Message=1%2B1%3D2%26%0A");
}

}  // namespace
}  // namespace querymark
