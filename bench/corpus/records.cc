// SPDX-License-Identifier: Apache-2.0
#include "corpus/records.h"

#include <chrono>
#include <string_view>

#include "corpus/answers.h"
#include "corpus/fleet.h"
#include "corpus/text.h"

namespace querymark::corpus {
namespace {

constexpr std::chrono::sys_time<std::chrono::milliseconds> kBegin{
    std::chrono::sys_days{std::chrono::year{2026} / 3 / 1}};

// One member each: the comma stands before it, and the first one's is made the brace.
void append_string(std::string& out, std::string_view key, std::string_view value) {
  out += ",\"";
  out += key;
  out += "\":\"";
  out += value;
  out += '"';
}

void append_time(std::string& out, uint64_t time_ms) {
  const std::chrono::sys_seconds time{std::chrono::seconds(time_ms / 1000)};
  const auto day = std::chrono::floor<std::chrono::days>(time);
  const std::chrono::year_month_day date{day};
  const std::chrono::hh_mm_ss clock{time - day};
  out += R"(,"query_timestamp":")";
  append_number(out, static_cast<uint64_t>(static_cast<int>(date.year())), 4);
  out += '-';
  append_number(out, static_cast<unsigned>(date.month()), 2);
  out += '-';
  append_number(out, static_cast<unsigned>(date.day()), 2);
  out += 'T';
  append_number(out, static_cast<uint64_t>(clock.hours().count()), 2);
  out += ':';
  append_number(out, static_cast<uint64_t>(clock.minutes().count()), 2);
  out += ':';
  append_number(out, static_cast<uint64_t>(clock.seconds().count()), 2);
  out += "Z\"";
}

void append_name(std::string& out, std::string_view name) {
  out += R"(,"query_name":")";
  for (const char c : name) {
    if (c == '\\') out += '\\';
    out += c;
  }
  out += '"';
}

void append_instance(std::string& out, uint64_t id) {
  out += "\"i-0";
  append_hex(out, id, 16);
  out += '"';
}

void append_endpoint(std::string& out, std::string_view direction, uint64_t vpc) {
  out += R"("resolver_endpoint":"rslvr-)";
  out += direction;
  append_hex(out, vpc, 17);
  out += R"(","resolver_network_interface":"rni-)";
  append_hex(out, vpc + 100, 17);
  out += '"';
}

void append_source_ids(std::string& out, const Client& client) {
  if (client.source_ids == SourceIds::kMissing) return;
  out += R"(,"srcids":)";
  switch (client.source_ids) {
    case SourceIds::kInstance:
      out += R"({"instance":)";
      append_instance(out, client.id);
      out += '}';
      break;
    case SourceIds::kEndpoint:
      out += '{';
      append_endpoint(out, "in-", client.vpc);
      out += '}';
      break;
    case SourceIds::kBoth:
      out += R"({"instance":)";
      append_instance(out, client.id);
      out += ',';
      append_endpoint(out, "out-", client.vpc);
      out += '}';
      break;
    case SourceIds::kArray:
      out += '[';
      append_instance(out, client.id);
      out += ']';
      break;
    case SourceIds::kNone:
    case SourceIds::kMissing:
      out += "{}";
      break;
  }
}

// What a record is made of, drawn before any of it is written: both member orders say the same.
struct Draft {
  Client client;
  uint64_t time_ms;
  NameKind kind;
  std::string name;
  Reply reply;
  std::string answers;
  std::string source_port;
  std::string_view transport;  // empty: not told
  std::string_view firewall_action;
};

void append_vpc(std::string& out, const Draft& draft) {
  out += R"(,"vpc_id":"vpc-0)";
  append_hex(out, draft.client.vpc, 16);
  out += '"';
}

void append_version(std::string& out, const Draft& draft) {
  append_string(out, "version", draft.client.source_ids == SourceIds::kArray ? "1.000000" : "1.100000");
}

void append_source_address(std::string& out, const Draft& draft) {
  out += R"(,"srcaddr":")";
  append_address(out, draft.client);
  out += '"';
}

void append_answers_member(std::string& out, const Draft& draft) {
  out += R"(,"answers":)";
  out += draft.answers;
}

void append_firewall_id(std::string& out, std::string_view key, std::string_view prefix, uint64_t id) {
  out += ",\"";
  out += key;
  out += "\":\"";
  out += prefix;
  append_hex(out, id, 16);
  out += '"';
}

void append_common_order(std::string& out, const Draft& draft) {
  append_version(out, draft);
  append_string(out, "account_id", draft.client.account);
  append_string(out, "region", draft.client.region);
  append_vpc(out, draft);
  append_time(out, draft.time_ms);
  append_name(out, draft.name);
  append_string(out, "query_type", draft.reply.query_type);
  append_string(out, "query_class", "IN");
  append_string(out, "rcode", draft.reply.rcode);
  append_answers_member(out, draft);
  append_source_address(out, draft);
  append_string(out, "srcport", draft.source_port);
  if (!draft.transport.empty()) append_string(out, "transport", draft.transport);
  append_source_ids(out, draft.client);
  if (draft.firewall_action.empty()) return;
  append_string(out, "firewall_rule_action", draft.firewall_action);
  append_firewall_id(out, "firewall_rule_group_id", "rslvr-frg-", draft.client.vpc);
  append_firewall_id(out, "firewall_domain_list_id", "rslvr-fdl-", draft.client.vpc + 1);
}

void append_other_order(std::string& out, const Draft& draft) {
  append_source_address(out, draft);
  append_vpc(out, draft);
  append_answers_member(out, draft);
  if (!draft.firewall_action.empty()) {
    append_firewall_id(out, "firewall_rule_group_id", "rslvr-frg-", draft.client.vpc);
    append_string(out, "firewall_rule_action", draft.firewall_action);
  }
  append_name(out, draft.name);
  if (!draft.firewall_action.empty()) {
    append_firewall_id(out, "firewall_domain_list_id", "rslvr-fdl-", draft.client.vpc + 1);
  }
  append_string(out, "query_class", "IN");
  append_source_ids(out, draft.client);
  append_string(out, "rcode", draft.reply.rcode);
  append_string(out, "query_type", draft.reply.query_type);
  if (!draft.transport.empty()) append_string(out, "transport", draft.transport);
  append_version(out, draft);
  append_string(out, "account_id", draft.client.account);
  append_string(out, "srcport", draft.source_port);
  append_time(out, draft.time_ms);
  append_string(out, "region", draft.client.region);
}

std::string_view draw_transport(Random& random, const Client& client) {
  if (client.source_ids == SourceIds::kArray) return {};
  return random.chance(15) ? "TCP" : "UDP";
}

std::string_view draw_firewall_action(Random& random, NameKind kind, std::string_view rcode) {
  if (!random.chance(kind == NameKind::kMalware ? 300 : 10)) return {};
  return rcode == "NXDOMAIN" ? "BLOCK" : "ALERT";
}

}  // namespace

NameKind RecordSource::append(uint64_t index, std::string& out) const {
  Random random(seed_, index);
  Draft draft;
  draft.client = client(random.below(kClientCount));
  draft.time_ms = time_ms(index);
  draft.kind = names_.append(random, draft.client.region, draft.name);
  draft.reply = draw_reply(random, draft.kind, draft.name);
  append_answers(random, draft.kind, draft.reply, draft.answers);
  append_number(draft.source_port, 1024 + random.below(64512));
  draft.transport = draw_transport(random, draft.client);
  draft.firewall_action = draw_firewall_action(random, draft.kind, draft.reply.rcode);

  const size_t begin = out.size();
  if (draft.client.other_member_order) {
    append_other_order(out, draft);
  } else {
    append_common_order(out, draft);
  }
  out[begin] = '{';
  out += '}';
  return draft.kind;
}

uint64_t RecordSource::time_ms(uint64_t index) const {
  return static_cast<uint64_t>(kBegin.time_since_epoch().count()) + index * interval_ms_;
}

}  // namespace querymark::corpus
