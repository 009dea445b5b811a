// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <random>
#include <string>
#include <string_view>
#include <vector>

// Records like Resolver's, made up by a seed, for tests and benches: about 530 bytes each, one in a hundred
// with backslashes in its answers.
namespace querymark {

class RecordSamples {
 public:
  enum class Layout {
    kMinified,  // as Resolver writes them
    kSpaced,    // ", " and ": ", as Python does
    kPretty,    // several lines, indented by four
  };

  explicit RecordSamples(unsigned seed, Layout layout = Layout::kMinified) : random_(seed), layout_(layout) {}

  // A record without the line feed behind it.
  std::string next() {
    std::string compact = R"({"version":"1.100000","account_id":"123456789012","region":"us-east-1",)"
                          R"("vpc_id":"vpc-0a1b2c3d4e5f60718","query_timestamp":"2026-03-01T12:00:)" +
                          number(10, 59) + R"(Z","query_name":")" + name() + R"(","query_type":"A",)" +
                          R"("query_class":"IN","rcode":"NOERROR","answers":[)" + answers() +
                          R"(],"srcaddr":"10.0.)" + number(0, 255) + "." + number(1, 254) +
                          R"(","srcport":")" + number(1024, 65535) + R"(","transport":"UDP","srcids":)" +
                          source() + "}";
    return layout_ == Layout::kMinified ? compact : lay_out(compact);
  }

  // Records, a line each.
  std::string stream(size_t count) {
    std::string text;
    for (size_t i = 0; i < count; ++i) text.append(next()).append("\n");
    return text;
  }

 private:
  unsigned below(unsigned bound) { return static_cast<unsigned>(random_() % bound); }
  std::string number(unsigned from, unsigned to) { return std::to_string(from + below(to - from + 1)); }

  std::string name() {
    std::string text;
    for (unsigned label = 2 + below(4); label > 0; --label) {
      for (unsigned size = 3 + below(9); size > 0; --size) text += static_cast<char>('a' + below(26));
      text += '.';
    }
    return text;
  }

  std::string answers() {
    std::string text;
    const unsigned count = below(4);
    for (unsigned i = 0; i < count; ++i) {
      if (i > 0) text += ',';
      if (i + 1 < count) {
        text.append(R"({"Rdata":")").append(name()).append(R"(","Type":"CNAME","Class":"IN"})");
      } else if (below(50) == 0) {
        text.append(R"({"Rdata":"\"v=spf1 include:)")
            .append(name())
            .append(R"( ~all\"","Type":"TXT","Class":"IN"})");
      } else {
        text.append(R"({"Rdata":")").append(number(1, 223)).append(".").append(number(0, 255)).append(".");
        text.append(number(0, 255))
            .append(".")
            .append(number(1, 254))
            .append(R"(","Type":"A","Class":"IN"})");
      }
    }
    return text;
  }

  std::string source() {
    if (below(4) == 0) {
      return R"({"resolver_endpoint":"rslvr-in-0b1c2d3e4f506172a","resolver_network_interface":"rni-0a1b2c3d4e5f60"})";
    }
    return below(10) == 0 ? "{}" : R"({"instance":"i-0)" + number(100000000, 999999999) + "abcdef1\"}";
  }

  // With blanks after separators, or on several lines. No string of ours has brackets in it.
  std::string lay_out(std::string_view compact) const {
    std::string text;
    size_t indent = 0;
    bool in_string = false;
    const auto break_line = [&] { text.append("\n").append(indent * 4, ' '); };
    for (size_t i = 0; i < compact.size(); ++i) {
      const char c = compact[i];
      if (c == '"' && compact[i - 1] != '\\') in_string = !in_string;
      const bool pretty = layout_ == Layout::kPretty && !in_string;
      if (pretty && (c == '}' || c == ']') && compact[i - 1] != '{' && compact[i - 1] != '[') {
        --indent;
        break_line();
      }
      text += c;
      if (in_string) continue;
      if (c == ':' || (c == ',' && !pretty)) text += ' ';
      if (pretty && c == ',') break_line();
      if (pretty && (c == '{' || c == '[') && compact[i + 1] != '}' && compact[i + 1] != ']') {
        ++indent;
        break_line();
      }
    }
    return text;
  }

  std::mt19937 random_;
  Layout layout_;
};

}  // namespace querymark
