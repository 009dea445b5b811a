// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "aws/aws_access.h"
#include "base/result.h"
#include "query/log_store.h"

namespace CLI {
class App;
}

// --store: which store's logs a verb works on, the part of the prefix before its date.
namespace querymark {

void add_store_option(CLI::App& verb, std::string& uri);

// The store that a URI names: dir:PATH, s3://BUCKET/PREFIX, or the home's own where it is empty. What is
// fetched from S3 goes to the home's cache. `aws` must outlive it.
Result<LogStore> open_log_store(const std::string& uri, const std::string& home, uint64_t cache_size_max,
                                AwsAccess& aws);

// The folder that a store's URI names, absolute: dir:PATH, or the home's own where it is empty.
Result<std::string> store_folder(const std::string& uri, const std::string& home);

}  // namespace querymark
