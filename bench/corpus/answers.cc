// SPDX-License-Identifier: Apache-2.0
#include "corpus/answers.h"

#include "corpus/text.h"

namespace querymark::corpus {
namespace {

constexpr std::string_view kTexts[] = {
    R"(\"v=spf1 include:_spf.mail.example -all\")",
    R"(\"v=DMARC1; p=none; rua=mailto:dmarc@mail.example\")",
    R"(\"key=\\\"quoted\\\" path=C:\\\\dns\\\\log\" \"second string\")",
    R"(\"caf\\195\\169 {not: [json], \\\"isMatchedDomain\\\":\\\"N\\\"}\")",
};

std::string_view draw_type(Random& random, NameKind kind, std::string_view name) {
  if (kind == NameKind::kPtr) return "PTR";
  if (!name.empty() && name[0] == '_' && name[1] != '_') return "SRV";
  const uint64_t share = random.below(100);
  if (share < 62) return "A";
  if (share < 90) return "AAAA";
  if (share < 95) return "HTTPS";
  if (share < 97) return "TXT";
  if (share < 98) return "MX";
  return random.chance(500) ? "NS" : "CNAME";
}

unsigned failures_per_mille(NameKind kind) {
  switch (kind) {
    case NameKind::kMalware:
      return 880;
    case NameKind::kInternal:
      return 450;
    case NameKind::kPtr:
      return 300;
    case NameKind::kTail:
    case NameKind::kOdd:
      return 60;
    case NameKind::kAws:
    case NameKind::kPopular:
      break;
  }
  return 12;
}

void append_ipv4(Random& random, NameKind kind, std::string& out) {
  if (kind == NameKind::kInternal) {
    out += "10.";
    append_number(out, random.below(24));
    out += '.';
  } else if (random.chance(500)) {
    out += random.pick({"192.0.2.", "198.51.100.", "203.0.113."});
    return append_number(out, random.below(256));
  } else {
    out += random.chance(500) ? "198.18." : "198.19.";
  }
  append_number(out, random.below(256));
  out += '.';
  append_number(out, random.below(256));
}

void append_rdata(Random& random, NameKind kind, std::string_view type, std::string& out) {
  if (type == "A") return append_ipv4(random, kind, out);
  if (type == "AAAA") {
    out += "2001:db8";
    for (int group = 0; group < 6; ++group) {
      out += ':';
      append_digits(out, random, kHexDigits, 4);
    }
  } else if (type == "PTR") {
    out += "ip-10-";
    append_number(out, random.below(24));
    out += '-';
    append_number(out, random.below(256));
    out += ".ec2.internal.";
  } else if (type == "SRV") {
    out += "0 100 389 dc";
    append_number(out, random.below(4) + 1);
    out += ".corp.example.";
  } else if (type == "TXT") {
    out += random.pick(kTexts);
  } else if (type == "HTTPS") {
    out += R"(1 . alpn=\"h3,h2\" ipv4hint=)";
    append_ipv4(random, kind, out);
  } else {
    out += type == "MX" ? "10 mx" : "ns";
    append_number(out, random.below(4) + 1);
    out += ".edge.example.";
  }
}

void append_answer(Random& random, NameKind kind, std::string_view type, std::string& out) {
  out += R"({"Rdata":")";
  append_rdata(random, kind, type, out);
  out += R"(","Type":")";
  out += type;
  out += R"(","Class":"IN"},)";
}

void append_chain(Random& random, std::string& out) {
  for (uint64_t links = 1 + random.below(3); links > 0; --links) {
    out += R"({"Rdata":"e)";
    append_hex(out, random.below(3000), 9);
    out += random.pick({".edge.example.net.", ".cdn-a.example.org.", ".dualstack.lb.example.com."});
    out += R"(","Type":"CNAME","Class":"IN"},)";
  }
}

}  // namespace

Reply draw_reply(Random& random, NameKind kind, std::string_view name) {
  const std::string_view type = draw_type(random, kind, name);
  if (random.chance(failures_per_mille(kind))) return {type, "NXDOMAIN"};
  if (random.chance(6)) return {type, random.chance(800) ? "SERVFAIL" : "REFUSED"};
  return {type, "NOERROR"};
}

void append_answers(Random& random, NameKind kind, const Reply& reply, std::string& out) {
  out += '[';
  const bool has_type = reply.query_type == "A" || !random.chance(reply.query_type == "AAAA" ? 400 : 200);
  if (reply.rcode == "NOERROR") {
    const bool may_chain = kind == NameKind::kPopular || kind == NameKind::kTail || kind == NameKind::kAws;
    if (may_chain && random.chance(450)) append_chain(random, out);
    if (has_type) {
      for (uint64_t count = reply.query_type == "PTR" ? 1 : 1 + random.below(4); count > 0; --count) {
        append_answer(random, kind, reply.query_type, out);
      }
    }
  }
  if (out.back() == ',') out.pop_back();
  out += ']';
}

}  // namespace querymark::corpus
