// SPDX-License-Identifier: Apache-2.0
#include "corpus/query_names.h"

#include "corpus/text.h"

namespace querymark::corpus {
namespace {

constexpr std::string_view kServices[] = {"ec2messages",
                                          "ssm",
                                          "ssmmessages",
                                          "logs",
                                          "monitoring",
                                          "sqs",
                                          "sts",
                                          "dynamodb",
                                          "secretsmanager",
                                          "kms",
                                          "kinesis",
                                          "sns",
                                          "ec2",
                                          "s3",
                                          "events",
                                          "api.ecr",
                                          "autoscaling",
                                          "cloudtrail",
                                          "firehose",
                                          "xray",
                                          "lambda",
                                          "elasticfilesystem"};

constexpr std::string_view kHosts[] = {
    "www.",     "api.",  "cdn.",    "static.", "mail.",  "img.",
    "auth.",    "app.",  "assets.", "login.",  "m.",     "edge-07.cdn.",
    "metrics.", "docs.", "update.", "ws.eu.",  "a.b.c.", "r3---sn-4g5e.static."};

constexpr std::string_view kTeams[] = {"orders", "billing", "search", "media",   "ledger", "profile",
                                       "ingest", "reports", "mailer", "catalog", "auth",   "stock"};

void append_octets(Random& random, std::string& out, std::string_view between) {
  append_number(out, random.below(254) + 1);
  out += between;
  append_number(out, random.below(256));
  out += between;
  append_number(out, random.below(24));
  out += between;
}

void append_aws(Random& random, std::string_view region, std::string& out) {
  const uint64_t share = random.below(100);
  if (share < 58) {
    out += random.pick(kServices);
  } else if (share < 76) {
    out += random.pick(kTeams);
    out += random.chance(500) ? "-artifacts-" : "-uploads-";
    append_number(out, random.below(40));
    out += random.chance(300) ? ".s3.dualstack" : ".s3";
  } else if (share < 84) {
    out += random.pick(kTeams);
    out += '-';
    append_number(out, random.below(2000), 9);
    out += '.';
    out += region;
    out += ".elb.amazonaws.com.";
    return;
  } else if (share < 90) {
    out += random.pick(kTeams);
    out += "-db.cluster-c";
    append_hex(out, random.below(60), 11);
    out += '.';
    out += region;
    out += ".rds.amazonaws.com.";
    return;
  } else if (share < 94) {
    out += "111122223333.dkr.ecr";
  } else if (share < 97) {
    out += 'd';
    append_hex(out, random.below(5000), 13);
    out += ".cloudfront.net.";
    return;
  } else {
    out += "ec2-198-18-";
    append_number(out, random.below(256));
    out += '-';
    append_number(out, random.below(256));
    out += '.';
    out += region;
    out += ".compute.amazonaws.com.";
    return;
  }
  out += '.';
  out += region;
  out += ".amazonaws.com.";
}

void append_ptr(Random& random, std::string& out) {
  if (random.chance(40)) {
    for (int nibble = 0; nibble < 24; ++nibble) {
      out += kHexDigits[random.below(16)];
      out += '.';
    }
    out += "8.b.d.0.1.0.0.2.ip6.arpa.";
    return;
  }
  append_octets(random, out, ".");
  out += "10.in-addr.arpa.";
}

void append_internal(Random& random, std::string_view region, std::string& out) {
  const uint64_t share = random.below(100);
  if (share < 40) {
    out += "ip-10-";
    append_octets(random, out, "-");
    out.back() = '.';
    if (region != "us-east-1") {
      out += region;
      out += ".compute.internal.";
    } else {
      out += "ec2.internal.";
    }
  } else if (share < 60) {
    out += random.pick(kTeams);
    out += random.chance(500) ? ".prod.svc.cluster.local." : ".internal.corp.";
  } else if (share < 75) {
    // A search suffix tried on a whole name.
    append_domain(out, random.below(2000));
    out += random.chance(500) ? ".ec2.internal." : ".internal.corp.";
  } else if (share < 92) {
    out += random.chance(500) ? "_ldap._tcp.dc._msdcs.corp.example." : "_kerberos._tcp.corp.example.";
  } else {
    out += random.chance(500) ? "instance-data." : "__cloud_init_expected_not_found__.";
  }
}

// A name at or below the domain.
void append_host(Random& random, uint64_t domain, std::string& out) {
  if (!random.chance(260)) out += random.pick(kHosts);
  append_domain(out, domain);
}

// Payload in up to three labels below a domain that was made for it: 70 to about 220 bytes.
void append_tunnel(Random& random, std::string& out) {
  for (uint64_t labels = 1 + random.below(3); labels > 0; --labels) {
    append_digits(out, random, kBase32Digits, 50 + random.below(14));
    out += '.';
  }
  out += "t.";
  append_domain(out, kTailEnd + random.below(1000));
}

void append_odd(Random& random, uint64_t domain, std::string& out) {
  const uint64_t share = random.below(100);
  const size_t begin = out.size();
  if (share < 40) {
    append_host(random, domain, out);
    for (size_t i = begin; i < out.size(); ++i) {
      if (out[i] >= 'a' && out[i] <= 'z' && random.chance(500)) out[i] = static_cast<char>(out[i] - 32);
    }
  } else if (share < 60) {
    static constexpr std::string_view kEscaped[] = {"\\052.", "my\\040printer.", "caf\\351.", "a\\056b.",
                                                    "\\134."};
    out += random.pick(kEscaped);
    append_domain(out, domain);
  } else if (share < 90) {
    append_tunnel(random, out);
  } else if (share < 99) {
    append_host(random, domain, out);
    return;  // no trailing dot
  }
  out += '.';  // alone in the last hundredth: the root
}

}  // namespace

NameKind QueryNames::draw_kind(Random& random) const {
  uint64_t share = random.below(1000);
  for (size_t kind = 0;; ++kind) {
    if (share < kNameShares[kind]) return static_cast<NameKind>(kind);
    share -= kNameShares[kind];
  }
}

NameKind QueryNames::append(Random& random, std::string_view region, std::string& out) const {
  const NameKind kind = draw_kind(random);
  switch (kind) {
    case NameKind::kAws:
      append_aws(random, region, out);
      break;
    case NameKind::kPtr:
      append_ptr(random, out);
      break;
    case NameKind::kInternal:
      append_internal(random, region, out);
      break;
    case NameKind::kPopular:
      append_host(random, popular_.draw(random), out);
      out += '.';
      break;
    case NameKind::kTail:
      append_host(random, kPopularCount + random.below(kTailEnd - kPopularCount), out);
      out += '.';
      break;
    case NameKind::kMalware:
      append_domain(out, kTailEnd + random.below(kDomainCount - kTailEnd));
      out += '.';
      break;
    case NameKind::kOdd:
      append_odd(random, popular_.draw(random), out);
      break;
  }
  return kind;
}

}  // namespace querymark::corpus
