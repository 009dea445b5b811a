// SPDX-License-Identifier: Apache-2.0
// The XML of replies, and what S3 and SNS replies are read to be. A tree that was read is written down and
// read again: the same.
#include <cstdint>
#include <cstdlib>

#include "aws/aws_error.h"
#include "aws/s3_reply.h"
#include "aws/sns_reply.h"
#include "aws/xml_reader.h"

namespace {

using querymark::XmlElement;

std::string written(const XmlElement& element) {
  std::string text = "<" + element.name + ">" + querymark::escape_xml(element.text);
  for (const XmlElement& child : element.children) text += written(child);
  return text + "</" + element.name + ">";
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const querymark::Result<XmlElement> root = querymark::parse_xml(text);
  if (root) {
    const std::string again = written(*root);
    const querymark::Result<XmlElement> second = querymark::parse_xml(again);
    if (!second || written(*second) != again) std::abort();
  }
  const querymark::HttpResponse response{200, {}, std::string(text)};
  (void)querymark::read_xml_error(response);
  (void)querymark::bucket_region(response);
  (void)querymark::read_s3_member(response, "InitiateMultipartUploadResult", "UploadId", "S3");
  (void)querymark::read_list_reply(text);
  (void)querymark::read_publish_reply(text);
  (void)querymark::read_publish_batch_reply(text);
  return 0;
}
