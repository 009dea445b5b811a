// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

// The XML of AWS's replies (S3, SNS, STS) as a tree of elements: names without prefix, text, children.
// Attributes, comments and processing instructions are passed over; document types, and with them entities of
// their own, are refused.
//
//   <Error><Code>NoSuchKey</Code><Key>a&amp;b</Key></Error>
//   root.name "Error", root.text_of("Code") "NoSuchKey", root.text_of("Key") "a&b"
//
// Cost: one copy of each name and text. Depth is bounded, size by what is given.
namespace querymark {

inline constexpr size_t kXmlDepthMax = 32;

struct XmlElement {
  std::string name;
  std::string text;  // its own, with that of its children left out; blanks kept
  std::vector<XmlElement> children;

  // The first child of this name; nullptr where there is none.
  const XmlElement* child(std::string_view child_name) const;
  // The first child's text; empty where there is none.
  std::string_view text_of(std::string_view child_name) const;
};

// kCorrupt, naming the byte, where `text` is no well-formed document of these means.
Result<XmlElement> parse_xml(std::string_view text);

// "&", "<", ">", quotes and what XML cannot carry as it stands, escaped.
std::string escape_xml(std::string_view text);

}  // namespace querymark
