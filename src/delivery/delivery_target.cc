// SPDX-License-Identifier: Apache-2.0
#include "delivery/delivery_target.h"

#include <filesystem>

#include "aws/s3_uri.h"
#include "delivery/directory_store.h"
#include "delivery/s3_store.h"

namespace querymark {
namespace {

Result<std::unique_ptr<ObjectStore>> open_store(const std::string& uri, const std::string& home,
                                                AwsAccess& aws) {
  if (const std::optional<std::string> folder = folder_of_store(uri, home))
    return make_directory_store(*folder);
  if (!S3Uri::is_one(uri)) return Error::invalid("a store is dir:PATH or s3://BUCKET/PREFIX, not " + uri);
  const Result<AwsSession*> session = aws.session();
  return session ? open_s3_store(uri, **session) : Result<std::unique_ptr<ObjectStore>>(session.error());
}

}  // namespace

Result<OpenedTarget> open_delivery_target(const DeliveryTarget& target, const std::string& home,
                                          AwsAccess& aws) {
  if (!is_stream_name(target.stream))
    return Error::invalid("--stream " + target.stream + ": 1 to 64 of A-Z a-z 0-9 _ . - are wanted");
  Result<ObjectPrefix> prefix = ObjectPrefix::parse(target.prefix, ObjectPrefix::Kind::kRecords);
  if (!prefix) return prefix.error();
  Result<ObjectPrefix> error_prefix = ObjectPrefix::parse(target.error_prefix, ObjectPrefix::Kind::kErrors);
  if (!error_prefix) return error_prefix.error();
  Result<std::unique_ptr<ObjectStore>> store = open_store(target.store, home, aws);
  if (!store) return store.error();
  return OpenedTarget{*std::move(store), *std::move(prefix), *std::move(error_prefix)};
}

std::optional<std::string> folder_of_store(const std::string& store, const std::string& home) {
  constexpr std::string_view kFolder = "dir:";
  if (store.empty()) return home + "/store";
  if (!store.starts_with(kFolder) || store.size() == kFolder.size()) return std::nullopt;
  return std::filesystem::absolute(store.substr(kFolder.size())).string();
}

}  // namespace querymark
