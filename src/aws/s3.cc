// SPDX-License-Identifier: Apache-2.0
#include "aws/s3.h"

#include <map>
#include <mutex>

#include "aws/s3_address.h"
#include "aws/s3_reply.h"
#include "aws/uri_encoding.h"
#include "aws/xml_reader.h"

namespace querymark {
namespace {

void set_header(HttpHeaders& headers, std::string_view name, std::string value) {
  std::erase_if(headers, [name](const HttpHeader& header) { return header.name == name; });
  headers.push_back({std::string(name), std::move(value)});
}

std::string range_text(uint64_t first, const std::optional<uint64_t>& last) {
  return "bytes=" + std::to_string(first) + "-" + (last ? std::to_string(*last) : "");
}

}  // namespace

// Requests about one bucket each: where it lies, and how it is addressed.
class S3::Caller {
 public:
  explicit Caller(AwsService service) : service_(std::move(service)) {}

  // `key`: empty for the bucket itself.
  AwsCall start(std::string_view operation, std::string_view method, std::string_view bucket,
                std::string_view key, std::string query) {
    AwsCall call;
    call.operation = operation;
    call.request.method = method;
    call.read_error = read_xml_error;
    call.region = region_of(bucket);
    call.request.url = url_of(bucket, key, call.region);
    call.request.url.query = std::move(query);
    call.repair = [this, bucket = std::string(bucket), key = std::string(key)](const HttpResponse& response,
                                                                               AwsCall& failed) {
      const std::string region = bucket_region(response);
      if (region.empty() || region == failed.region) return false;
      remember(bucket, region);
      std::string failed_query = std::move(failed.request.url.query);
      failed.region = region;
      failed.request.url = url_of(bucket, key, region);
      failed.request.url.query = std::move(failed_query);
      return true;
    };
    return call;
  }

  Result<HttpResponse> send(AwsCall call, Deadline deadline) const {
    return service_.call(std::move(call), deadline);
  }

 private:
  HttpUrl url_of(std::string_view bucket, std::string_view key, const std::string& region) const {
    return s3_url(service_.endpoint(), region, bucket, key);
  }

  std::string region_of(std::string_view bucket) {
    const std::lock_guard<std::mutex> lock(mutex_);
    const auto found = regions_.find(bucket);
    return found == regions_.end() ? service_.endpoint().region : found->second;
  }

  void remember(const std::string& bucket, const std::string& region) {
    const std::lock_guard<std::mutex> lock(mutex_);
    regions_[bucket] = region;
  }

  AwsService service_;
  std::mutex mutex_;
  std::map<std::string, std::string, std::less<>>
      regions_;  // of buckets that lie elsewhere; guarded by mutex_
};

Result<S3> S3::open(AwsSession& session, RetryPolicy policy) {
  Result<AwsService> service = session.service("s3", policy);
  if (!service) return service.error();
  return S3(std::make_shared<Caller>(*std::move(service)));
}

Result<S3ObjectInfo> S3::get(const S3Read& read, const HttpSink& sink, Deadline deadline) const {
  const std::string query = read.version_id.empty() ? "" : "versionId=" + uri_encode(read.version_id);
  AwsCall call = caller_->start("S3 GetObject", "GET", read.bucket, read.key, query);
  bool ranged = read.first > 0 || read.last;
  if (ranged) call.request.headers.push_back({"Range", range_text(read.first, read.last)});
  if (!read.if_match.empty()) call.request.headers.push_back({"If-Match", read.if_match});

  S3ObjectInfo info;
  uint64_t received = 0;
  bool resumed = false;
  // An object of no bytes has no range at all, but it is there.
  call.repair = [&ranged, &read, find_region = std::move(call.repair)](const HttpResponse& response,
                                                                       AwsCall& failed) {
    if (response.status != 416 || read.first > 0 || !ranged) return find_region(response, failed);
    ranged = false;
    std::erase_if(failed.request.headers, [](const HttpHeader& header) { return header.name == "Range"; });
    return true;
  };
  call.options.on_head = [&](const HttpResponse& head) -> Result<void> {
    info.etag = head.header("ETag");
    if (!ranged && !resumed) return {};
    const std::optional<S3ContentRange> range = parse_content_range(head.header("Content-Range"));
    if (!range || range->first != read.first + received)
      return Error::corrupt("S3 GetObject: not the range asked for");
    return {};
  };
  call.options.sink = [&](std::string_view bytes) -> Result<void> {
    received += bytes.size();
    return sink(bytes);
  };
  call.before_retry = [&](HttpRequest& request) {
    if (received == 0) return;
    resumed = true;
    set_header(request.headers, "Range", range_text(read.first + received, read.last));
    if (!info.etag.empty()) set_header(request.headers, "If-Match", info.etag);
  };
  const Result<HttpResponse> response = caller_->send(std::move(call), deadline);
  if (!response) return response.error();

  const auto range = parse_content_range(response->header("Content-Range"));
  info.size = range ? range->size : received;
  info.etag = response->header("ETag");
  info.version_id = response->header("x-amz-version-id");
  info.content_type = response->header("Content-Type");
  info.content_encoding = response->header("Content-Encoding");
  return info;
}

Result<std::string> S3::put(std::string_view bucket, std::string_view key, HttpBody body,
                            const HttpHeaders& headers, Deadline deadline) const {
  if (body.size() > kS3PutSizeMax) return Error::limit("S3 PutObject: more than 5 GiB: use begin_upload");
  AwsCall call = caller_->start("S3 PutObject", "PUT", bucket, key, "");
  call.request.headers = headers;
  if (!body.in_memory()) call.payload_hash = kUnsignedPayload;
  call.request.body = std::move(body);
  const Result<HttpResponse> response = caller_->send(std::move(call), deadline);
  if (!response) return response.error();
  return std::string(response->header("ETag"));
}

Result<S3Upload> S3::begin_upload(std::string_view bucket, std::string_view key, const HttpHeaders& headers,
                                  Deadline deadline) const {
  const std::string_view operation = "S3 CreateMultipartUpload";
  AwsCall call = caller_->start(operation, "POST", bucket, key, "uploads=");
  call.request.headers = headers;
  std::string upload_id;
  call.check = [&](const HttpResponse& response) -> Result<void> {
    Result<std::string> id = read_s3_member(response, "InitiateMultipartUploadResult", "UploadId", operation);
    if (!id) return id.error();
    upload_id = *std::move(id);
    return {};
  };
  const Result<HttpResponse> response = caller_->send(std::move(call), deadline);
  if (!response) return response.error();
  return S3Upload(caller_, bucket, key, std::move(upload_id));
}

Result<void> S3::list(std::string_view bucket, std::string_view prefix, std::string_view start_after,
                      const OnObject& on_object, Deadline deadline) const {
  std::string continuation;
  do {
    std::string query = "encoding-type=url&list-type=2&prefix=" + uri_encode(prefix);
    if (!start_after.empty()) query += "&start-after=" + uri_encode(start_after);
    if (!continuation.empty()) query += "&continuation-token=" + uri_encode(continuation);
    AwsCall call = caller_->start("S3 ListObjectsV2", "GET", bucket, "", std::move(query));
    S3ListPage page;
    call.check = [&page](const HttpResponse& response) -> Result<void> {
      Result<S3ListPage> read = read_list_reply(response.body);
      if (!read) return Error{Errc::kBusy, read.error().detail};
      page = *std::move(read);
      return {};
    };
    const Result<HttpResponse> response = caller_->send(std::move(call), deadline);
    if (!response) return response.error();
    for (const S3ListedObject& object : page.objects) {
      Result<void> taken = on_object(object);
      if (!taken) return taken;
    }
    continuation = std::move(page.continuation);
  } while (!continuation.empty());
  return {};
}

Result<void> S3::remove(std::string_view bucket, std::string_view key, Deadline deadline) const {
  const Result<HttpResponse> response =
      caller_->send(caller_->start("S3 DeleteObject", "DELETE", bucket, key, ""), deadline);
  if (!response && response.error().code != Errc::kNotFound) return response.error();
  return {};
}

S3Upload::S3Upload(std::shared_ptr<S3::Caller> caller, std::string_view bucket, std::string_view key,
                   std::string upload_id)
    : caller_(std::move(caller)), bucket_(bucket), key_(key), upload_id_(std::move(upload_id)) {}

Result<void> S3Upload::add_part(std::string_view bytes, Deadline deadline) {
  if (etags_.size() == kS3PartsMax) return Error::limit("S3 UploadPart: more than 10,000 parts");
  const std::string number = std::to_string(etags_.size() + 1);
  AwsCall call = caller_->start("S3 UploadPart", "PUT", bucket_, key_,
                                "partNumber=" + number + "&uploadId=" + uri_encode(upload_id_));
  call.request.body = bytes;
  const Result<HttpResponse> response = caller_->send(std::move(call), deadline);
  if (!response) return response.error();
  if (response->header("ETag").empty()) return Error::corrupt("S3 UploadPart: no ETag");
  etags_.emplace_back(response->header("ETag"));
  return {};
}

Result<std::string> S3Upload::complete(Deadline deadline) {
  const std::string_view operation = "S3 CompleteMultipartUpload";
  std::string body = "<CompleteMultipartUpload xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\">";
  for (size_t i = 0; i < etags_.size(); ++i) {
    body.append("<Part><PartNumber>").append(std::to_string(i + 1)).append("</PartNumber><ETag>");
    body.append(escape_xml(etags_[i])).append("</ETag></Part>");
  }
  body += "</CompleteMultipartUpload>";
  AwsCall call = caller_->start(operation, "POST", bucket_, key_, "uploadId=" + uri_encode(upload_id_));
  call.request.headers = {{"Content-Type", "application/xml"}};
  call.request.body = std::string_view(body);
  std::string etag;
  call.check = [&](const HttpResponse& response) -> Result<void> {
    Result<std::string> read = read_s3_member(response, "CompleteMultipartUploadResult", "ETag", operation);
    if (!read) return read.error();
    etag = *std::move(read);
    return {};
  };
  const Result<HttpResponse> response = caller_->send(std::move(call), deadline);
  if (!response) return response.error();
  return etag;
}

Result<void> S3Upload::abort(Deadline deadline) {
  const Result<HttpResponse> response =
      caller_->send(caller_->start("S3 AbortMultipartUpload", "DELETE", bucket_, key_,
                                   "uploadId=" + uri_encode(upload_id_)),
                    deadline);
  if (!response && response.error().code != Errc::kNotFound) return response.error();
  return {};
}

}  // namespace querymark
