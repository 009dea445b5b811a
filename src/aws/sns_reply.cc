// SPDX-License-Identifier: Apache-2.0
#include "aws/sns_reply.h"

#include "aws/xml_reader.h"

namespace querymark {

Result<std::string> read_publish_reply(std::string_view body) {
  const Result<XmlElement> root = parse_xml(body);
  if (!root) return root.error();
  const XmlElement* result = root->child("PublishResult");
  if (result == nullptr || result->text_of("MessageId").empty()) return Error::corrupt("reply: no MessageId");
  return std::string(result->text_of("MessageId"));
}

Result<SnsBatchReply> read_publish_batch_reply(std::string_view body) {
  const Result<XmlElement> root = parse_xml(body);
  if (!root) return root.error();
  const XmlElement* result = root->child("PublishBatchResult");
  if (result == nullptr) return Error::corrupt("reply: no PublishBatchResult");
  SnsBatchReply reply;
  if (const XmlElement* successful = result->child("Successful")) {
    for (const XmlElement& member : successful->children) reply.successful.emplace_back(member.text_of("Id"));
  }
  if (const XmlElement* failed = result->child("Failed")) {
    for (const XmlElement& member : failed->children) {
      reply.failed.push_back({std::string(member.text_of("Id")), std::string(member.text_of("Code")),
                              std::string(member.text_of("Message")),
                              member.text_of("SenderFault") == "true"});
    }
  }
  return reply;
}

}  // namespace querymark
