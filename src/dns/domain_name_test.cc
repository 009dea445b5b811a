// SPDX-License-Identifier: Apache-2.0
#include "dns/domain_name.h"

#include <gtest/gtest.h>

#include <random>
#include <string>
#include <vector>

namespace querymark {
namespace {

struct NormalCase {
  const char* what;
  std::string text;
  std::string normal;
};

TEST(DomainName, NormalForms) {
  using namespace std::string_literals;
  const std::vector<NormalCase> cases = {
      {"capitals and the root's dot", "WWW.Example.COM.", "www.example.com"},
      {"many trailing dots", "example.com...", "example.com"},
      {"a leading dot", ".example.com", "example.com"},
      {"underscore", "_dmarc.example.com", "_dmarc.example.com"},
      {"hyphens where IDNA has none", "r3---sn-4g5e.example.com", "r3---sn-4g5e.example.com"},
      {"leading and trailing hyphens", "-a-.example.com", "-a-.example.com"},
      {"A-label, also a wrong one", "XN--E1AFMKFD.xn--a", "xn--e1afmkfd.xn--a"},
      {"any ASCII byte", "a b!@[]{}~/.com", "a b!@[]{}~/.com"},
      {"NUL byte", "a\0b.com"s, "a\0b.com"s},
      {"U-labels", "пример.рф", "xn--e1afmkfd.xn--p1ai"},
      {"U-label in capitals", "ПРИМЕР.РФ", "xn--e1afmkfd.xn--p1ai"},
      {"non-transitional: sharp s stays", "straße.de", "xn--strae-oqa.de"},
      {"decomposed letters", "cafe\u0301.fr", "xn--caf-dma.fr"},
      {"full-width letters are ASCII", "ｅｖｉｌ.com", "evil.com"},
      {"only the label with non-ASCII is converted", "r3---a._x.пример", "r3---a._x.xn--e1afmkfd"},
      {"ideographic full stop", "食狮。中国", "xn--85x722f.xn--fiqs8s"},
      {"full-width full stop", "example．com", "example.com"},
      {"half-width full stop, trailing", "example｡com｡", "example.com"},
      {"octal escape", "\\052.example.com.", "*.example.com"},
      {"octal escape of a capital", "\\101.com", "a.com"},
      {"octal escape of a backslash", "a\\134b.com", "a\\134b.com"},
      {"octal escape of a NUL byte", "a\\000.com", "a\0.com"s},
      {"octal escapes of a U-label", "\\303\\251.com", "xn--9ca.com"},
      {"octal escape of a Latin-1 byte", "\\344.com", "\xE4.com"},
      {"octal escape of a dot", "a\\056b.example.com", "a\\056b.example.com"},
      {"escaped dot", "a\\.b.example.com", "a\\056b.example.com"},
      {"escaped dot at the end", "example.com\\.", "example.com\\056"},
      {"escaped backslash before a dot", "a\\134.com", "a\\134.com"},
      {"backslash before a backslash before a dot", "a\\\\.com", "a\\134\\056com"},
      {"stray backslash", "a\\b.com", "a\\134b.com"},
      {"no octal digits", "\\089.com", "\\134089.com"},
      {"octal above 0377", "\\400.com", "\\134400.com"},
      {"octal cut short", "com.\\05", "com.\\13405"},
      {"escaped ideographic full stop", "a\\343\\200\\202b.com",
       "a\\343\x80\x82"
       "b.com"},
      {"half-escaped ideographic full stop",
       "a\\343\x80\x82"
       "b.com",
       "a\\343\x80\x82"
       "b.com"},
      {"invalid UTF-8", "A\xFF\xC3.com", "a\xFF\xC3.com"},
      {"overlong UTF-8 of a dot",
       "a\xC0\xAE"
       "b.com",
       "a\xC0\xAE"
       "b.com"},
      {"a label that UTS 46 maps to nothing", "a.\u00AD.com", "a.\u00AD.com"},
      {"a label that UTS 46 maps to dots", "a\u2026b.com", "a\u2026b.com"},
      {"an escaped dot beside a non-ASCII letter", "a\\056é.com", "a\\056é.com"},
      {"a NUL byte beside a non-ASCII letter", "a\0é.com"s, "a\0é.com"s},
      {"a U-label with hyphens where IDNA has none", "r3---é.com", "r3---é.com"},
      {"only an escape", "\\056", "\\056"},
  };
  for (const NormalCase& c : cases) {
    const DomainName name = normalize_name(c.text);
    EXPECT_EQ(name.error(), NameError::kNone) << c.what;
    EXPECT_EQ(name.text(), c.normal) << c.what;
    EXPECT_EQ(normalize_name(c.normal).text(), c.normal) << c.what << ": the normal form is its own";
  }
}

std::string repeated(std::string_view part, size_t count) {
  std::string text;
  while (count-- > 0) text += part;
  return text;
}

const std::string kLabel63(63, 'a');
// The longest name: three labels of 63 bytes and one of 61.
const std::string kName253 = repeated(kLabel63 + ".", 3) + std::string(61, 'b');

TEST(DomainName, SizesUpToTheBounds) {
  EXPECT_EQ(normalize_name(kLabel63).text(), kLabel63);
  EXPECT_EQ(normalize_name("." + kName253 + ".").text(), kName253);
  EXPECT_EQ(normalize_name(repeated("\\141", 63)).text(), kLabel63) << "an escape is one byte";
  EXPECT_EQ(normalize_name(repeated("\\134", 63)).text(), repeated("\\134", 63));

  const std::string escapes = repeated(repeated("\\056", 63) + ".", 3) + repeated("\\056", 61);
  EXPECT_EQ(normalize_name(escapes).text(), escapes);
  EXPECT_EQ(escapes.size(), 4 * 250u + 3u);
  EXPECT_LE(escapes.size(), kNameTextSizeMax);
}

TEST(DomainName, LabelsKeepTheirBytesWhereALabelsWouldNotFit) {
  const std::string label = std::string(60, 'a') + "é";
  EXPECT_EQ(normalize_name(label + ".com").text(), label + ".com");
  const std::string name = repeated("é.", 80) + "evil.com";
  EXPECT_EQ(normalize_name(name).text(), name);
  EXPECT_EQ(normalize_name(repeated("é.", 20) + "com").text(), repeated("xn--9ca.", 20) + "com");
}

struct ErrorCase {
  const char* what;
  std::string text;
  NameError error;
};

TEST(DomainName, TextsThatAreNoNames) {
  const std::vector<ErrorCase> cases = {
      {"nothing", "", NameError::kEmpty},
      {"the root", ".", NameError::kEmpty},
      {"only dots", "....", NameError::kEmpty},
      {"only ideographic full stops", "。。", NameError::kEmpty},
      {"two dots inside", "a..b", NameError::kEmptyLabel},
      {"two dots at the beginning", "..a", NameError::kEmptyLabel},
      {"dots of two kinds inside", "a.。b", NameError::kEmptyLabel},
      {"a label of 64 bytes", kLabel63 + "a.com", NameError::kLabelTooLong},
      {"a label of 64 escapes", repeated("\\052", 64), NameError::kLabelTooLong},
      {"an endless label", std::string(1 << 20, 'a'), NameError::kLabelTooLong},
      {"a name of 254 bytes", kName253 + "b", NameError::kNameTooLong},
      {"ten thousand labels", repeated("a.", 10000), NameError::kNameTooLong},
      {"too many U-labels", repeated("é.", 90), NameError::kNameTooLong},
  };
  for (const ErrorCase& c : cases) {
    const DomainName name = normalize_name(c.text);
    EXPECT_EQ(to_string(name.error()), to_string(c.error)) << c.what;
    EXPECT_EQ(name.text(), "") << c.what;
  }
}

// The normal form by the fast path, as if other bytes followed the text in memory.
std::string normalize_padded(std::string_view text, char padding) {
  std::string padded(text);
  padded.append(64, padding);
  char out[kNormalizeRoom];
  const size_t size = normalize_padded_name(std::string_view(padded.data(), text.size()), out);
  return std::string(out, size);
}

void expect_same(const std::string& text) {
  const DomainName name = normalize_name(text);
  for (const char padding : {'.', 'a', '\\', '\xD0'})
    ASSERT_EQ(normalize_padded(text, padding), name.text()) << testing::PrintToString(text);
  ASSERT_EQ(normalize_name(name.text()).text(), name.text()) << testing::PrintToString(text);
}

TEST(DomainName, FastPathEqualsTheGeneralOneOnAllSmallTexts) {
  constexpr std::string_view kAlphabet = "aA.\\056-\xD0";
  std::vector<std::string> texts = {""};
  for (size_t begin = 0, size = 1; size <= 5; ++size) {
    const size_t end = texts.size();
    for (size_t i = begin; i < end; ++i)
      for (const char c : kAlphabet) texts.push_back(texts[i] + c);
    begin = end;
  }
  for (const std::string& text : texts) ASSERT_NO_FATAL_FAILURE(expect_same(text));
}

TEST(DomainName, FastPathEqualsTheGeneralOneOnRandomLongTexts) {
  std::mt19937 random(1);
  constexpr std::string_view kRare = "A.\\\xD0Z[@`{\x7F";
  for (int round = 0; round < 60000; ++round) {
    std::string text(random() % 300, 'a');
    for (char& c : text) c = static_cast<char>('a' + random() % 26);
    // Dots some 30 or 60 bytes apart, so that labels and names just fit or just do not.
    for (size_t at = random() % 64; at < text.size(); at += 30 * (random() % 2) + random() % 36)
      text[at] = '.';
    if (random() % 2 == 0 && !text.empty()) text[random() % text.size()] = kRare[random() % kRare.size()];
    ASSERT_NO_FATAL_FAILURE(expect_same(text));
  }
}

TEST(DomainName, FastPathEqualsTheGeneralOneAtTheBounds) {
  for (size_t first = 60; first <= 66; ++first)
    for (size_t rest = 0; rest <= 260; ++rest) {
      std::string tail(rest, 'b');
      for (size_t at = 50; at < rest; at += 51) tail[at] = '.';
      expect_same(std::string(first, 'a') + "." + tail);
      expect_same(tail + "." + std::string(first, 'a'));
    }
}

TEST(DomainName, Ipv4TextIsFourNumbersUpTo255) {
  for (const char* text : {"10.0.0.1", "255.255.255.255", "0.0.0.0", "010.0.0.1"})
    EXPECT_TRUE(is_ipv4_text(text)) << text;
  for (const char* text : {"", "1", "1.2.3", "1.2.3.4.5", "1.2.3.256", "1.2.3.", "1.2.3.a",
                           "1.2.3.4.in-addr.arpa", ".1.2.3.4", "1..2.3", "0001.2.3.4", "1.2.3.4."})
    EXPECT_FALSE(is_ipv4_text(text)) << text;
}

TEST(DomainName, ParentIsOneLabelUp) {
  EXPECT_EQ(parent_name("a.b.c"), "b.c");
  EXPECT_EQ(parent_name("c"), "");
  EXPECT_EQ(parent_name(""), "");
  EXPECT_EQ(parent_name("a\\056b.c"), "c");
}

TEST(DomainName, BelowIsOnLabelBoundaries) {
  EXPECT_TRUE(is_equal_or_below("a.example.com", "example.com"));
  EXPECT_TRUE(is_equal_or_below("example.com", "example.com"));
  EXPECT_FALSE(is_equal_or_below("anexample.com", "example.com"));
  EXPECT_FALSE(is_equal_or_below("com", "example.com"));
  EXPECT_FALSE(is_equal_or_below("example.com", ""));
}

}  // namespace
}  // namespace querymark
