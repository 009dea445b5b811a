// SPDX-License-Identifier: Apache-2.0
#include "aws/s3_reply.h"

#include <algorithm>
#include <charconv>

#include "aws/endpoint.h"
#include "aws/uri_encoding.h"
#include "aws/xml_reader.h"

namespace querymark {
namespace {

std::optional<uint64_t> parse_number(std::string_view text) {
  uint64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return value;
}

}  // namespace

Result<S3ListPage> read_list_reply(std::string_view body) {
  const Result<XmlElement> root = parse_xml(body);
  if (!root) return root.error();
  if (root->name != "ListBucketResult") return Error::corrupt("reply: no ListBucketResult");
  S3ListPage page;
  for (const XmlElement& element : root->children) {
    if (element.name != "Contents") continue;
    const std::optional<uint64_t> size = parse_number(element.text_of("Size"));
    if (!size || element.text_of("Key").empty()) return Error::corrupt("reply: object without key or size");
    page.objects.push_back({form_decode(element.text_of("Key")), *size, std::string(element.text_of("ETag")),
                            std::string(element.text_of("LastModified"))});
  }
  if (root->text_of("IsTruncated") == "true") {
    page.continuation = root->text_of("NextContinuationToken");
    if (page.continuation.empty()) return Error::corrupt("reply: truncated list without its continuation");
  }
  return page;
}

Result<std::string> read_s3_member(const HttpResponse& response, std::string_view root_name,
                                   std::string_view member, std::string_view operation) {
  const Result<XmlElement> root = parse_xml(response.body);
  if (!root) return Error{Errc::kBusy, root.error().detail};
  if (root->name == "Error") return to_error(read_xml_error(response), operation);
  const std::string_view text = root->text_of(member);
  if (root->name != root_name || text.empty()) return Error{Errc::kBusy, "reply: no " + std::string(member)};
  return std::string(text);
}

std::optional<S3ContentRange> parse_content_range(std::string_view text) {
  if (!text.starts_with("bytes ")) return std::nullopt;
  text.remove_prefix(6);
  const size_t hyphen = std::min(text.find('-'), text.size());
  const size_t slash = std::min(text.find('/'), text.size());
  if (slash == text.size() || hyphen > slash) return std::nullopt;
  const std::optional<uint64_t> first = parse_number(text.substr(0, hyphen));
  const std::optional<uint64_t> size = parse_number(text.substr(slash + 1));
  if (!first || !size) return std::nullopt;
  return S3ContentRange{*first, *size};
}

std::string bucket_region(const HttpResponse& response) {
  std::string region(response.header("x-amz-bucket-region"));
  if (region.empty()) {
    const Result<XmlElement> root = parse_xml(response.body);
    if (root && root->name == "Error") region = root->text_of("Region");
  }
  return is_region_name(region) ? region : "";
}

}  // namespace querymark
