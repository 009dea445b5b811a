// SPDX-License-Identifier: Apache-2.0
#include "aws/xml_reader.h"

#include <gtest/gtest.h>

namespace querymark {
namespace {

// The tree as a line: name "text" (children)
std::string line(const XmlElement& element) {
  std::string text = element.name;
  if (!element.text.empty()) text += "'" + element.text + "'";
  if (element.children.empty()) return text;
  text += "(";
  for (const XmlElement& child : element.children) {
    if (&child != &element.children.front()) text += " ";
    text += line(child);
  }
  return text + ")";
}

std::string parsed(std::string_view text) {
  const Result<XmlElement> root = parse_xml(text);
  return root ? line(*root) : root.error().detail;
}

TEST(XmlReader, MakesATreeOfElements) {
  const struct {
    const char* name;
    const char* text;
    const char* expected;
  } cases[] = {
      {"error", "<?xml version=\"1.0\"?>\n<Error><Code>NoSuchKey</Code><Key>k</Key></Error>\n",
       "Error(Code'NoSuchKey' Key'k')"},
      {"empty elements", "<a><b/><c /><d></d></a>", "a(b c d)"},
      {"attributes", "<a x=\"1\" y='>'><b z=\"/\"/></a>", "a(b)"},
      {"prefixes", "<s:a xmlns:s='u'><s:b>1</s:b></s:a>", "a(b'1')"},
      {"entities", "<a>&lt;&amp;&gt;&quot;&apos;&#65;&#x42;&#x1234;&#x1F600;</a>",
       "a'<&>\"'AB\u1234\U0001F600'"},
      {"CDATA", "<a>x<![CDATA[<&>]]>y</a>", "a'x<&>y'"},
      {"comments", "<!-- c --><a><!-- <b> -->t<?pi x?></a><!-- d -->", "a't'"},
      {"byte order mark", "\xef\xbb\xbf<a/>", "a"},
      {"blanks are text", "<a> <b> x </b></a>", "a' '(b' x ')"},
  };
  for (const auto& c : cases) EXPECT_EQ(parsed(c.text), c.expected) << c.name;
}

TEST(XmlReader, RefusesWhatIsBroken) {
  const struct {
    const char* text;
    const char* expected;
  } cases[] = {
      {"", "XML, byte 0: no root element"},
      {"text", "XML, byte 4: no root element"},
      {"<a>", "XML, byte 3: ends early"},
      {"<a", "XML, byte 2: ends early"},
      {"<a></b>", "XML, byte 7: end tag of another element"},
      {"<a/><b/>", "XML, byte 4: something after the root element"},
      {"<a>&unknown;</a>", "XML, byte 3: entity"},
      {"<a>&#0;</a>", "XML, byte 3: entity"},
      {"<a>&#xd800;</a>", "XML, byte 3: entity"},
      {"<a>& b</a>", "XML, byte 3: entity"},
      {"<!DOCTYPE a [<!ENTITY b 'c'>]><a/>", "XML, byte 0: document type"},
      {"<a x=\"1/>", "XML, byte 6: ends early"},
      {"< a/>", "XML, byte 1: tag without a name"},
      {"<b:/>", "XML, byte 3: tag without a name"},
      {"<a <b/>", "XML, byte 4: tag within a tag"},
  };
  for (const auto& c : cases) EXPECT_EQ(parsed(c.text), c.expected) << c.text;
}

TEST(XmlReader, DepthIsBounded) {
  const auto nested = [](size_t depth) {
    std::string text;
    for (size_t i = 0; i < depth; ++i) text += "<a>";
    for (size_t i = 0; i < depth; ++i) text += "</a>";
    return text;
  };
  EXPECT_TRUE(parse_xml(nested(kXmlDepthMax)));
  EXPECT_FALSE(parse_xml(nested(kXmlDepthMax + 1)));
}

TEST(XmlReader, EveryTruncationIsSeen) {
  const std::string text = "<a x='1'><b>t&amp;</b><!-- c --><![CDATA[d]]></a>";
  for (size_t size = 0; size < text.size(); ++size) EXPECT_FALSE(parse_xml(text.substr(0, size))) << size;
}

TEST(XmlReader, EscapedTextComesBack) {
  const std::string text = "a<b>&\"c'\r\n\t\u1234";
  EXPECT_EQ(parse_xml("<a>" + escape_xml(text) + "</a>")->text, text);
}

}  // namespace
}  // namespace querymark
