// SPDX-License-Identifier: Apache-2.0
#include "lambda/import_interesting_domains.h"

#include "codec/gzip.h"
#include "lambda/import_fixture.h"

namespace querymark {
namespace {

using json = nlohmann::json;
using std::chrono::milliseconds;

std::string numbered_hosts(size_t first, size_t count) {
  std::string text;
  for (size_t i = first; i < first + count; ++i)
    text.append("0.0.0.0 d").append(std::to_string(i)).append(".com\n");
  return text;
}

TEST_F(ImportFunctionTest, AnUploadGoesIntoTheTableAsTheCommandLineImportsIt) {
  EXPECT_EQ(import(upload("feeds/hosts",
                          "0.0.0.0 evil.com\n0.0.0.0 www.bad.net\n0.0.0.0 evil.com\n0.0.0.0 10.0.0.1\n")),
            "4 found: 2 new, 0 there, 2 skipped");
  EXPECT_EQ(items(), "bad.net evil.com");
  const json& item = table_.items().at("evil.com");
  EXPECT_TRUE(item["lists"]["M"].contains("hosts"));
  EXPECT_EQ(item["keep"]["S"], "registered");
}

TEST_F(ImportFunctionTest, WhatWasLeftOutStandsInTheReceipt) {
  import(upload("feeds/hosts", "0.0.0.0 evil.com\n0.0.0.0 10.0.0.1\n0.0.0.0 evil.com\n"));
  const std::string text = receipt();
  EXPECT_TRUE(receipt_path_.starts_with("/lists/receipts/feeds/hosts-20")) << receipt_path_;
  EXPECT_NE(text.find("{\"source\":\"s3://lists/feeds/"
                      "hosts\",\"line\":2,\"text\":\"10.0.0.1\",\"reason\":\"ip_address\"}\n"),
            std::string::npos);
  const json summary = json::parse(text.substr(text.rfind('\n', text.size() - 2) + 1))["summary"];
  EXPECT_EQ(summary["lists"][0]["skipped"]["duplicate"], 1);
  EXPECT_EQ(json::parse(log_.at(0))["message"], "list imported");
  EXPECT_EQ(json::parse(log_.at(0))["summary"], summary);
}

TEST_F(ImportFunctionTest, AReceiptIsNoList) {
  EXPECT_EQ(import(upload("receipts/feeds/hosts-2026.ndjson", "evil.com\n")), "");
  EXPECT_EQ(server_.requests().size(), 0U);
}

TEST_F(ImportFunctionTest, WithoutAPrefixThereAreNoReceipts) {
  settings_.receipt_prefix.clear();
  EXPECT_EQ(import(upload("receipts/hosts", "evil.com\n")), "1 found: 1 new, 0 there, 0 skipped");
  EXPECT_EQ(objects_.size(), 1U);
}

TEST_F(ImportFunctionTest, EveryRecordOfAnEventIsImported) {
  upload("a.txt", "evil.com\n");
  upload("b.txt", "evil.com\nbad.net\n");
  EXPECT_EQ(import(event_of({"a.txt", "b.txt"})),
            "1 found: 1 new, 0 there, 0 skipped; 2 found: 2 new, 0 there, 0 skipped");
  EXPECT_EQ(table_.items().at("evil.com")["lists"]["M"].size(), 2U);
}

TEST_F(ImportFunctionTest, GzipAndAnEmptyObjectAreRead) {
  const std::string text = "evil.com\nbad.net\n";
  std::string packed(gzip_size_max(text.size()), '\0');
  packed.resize(GzipWriter().compress(text, packed.data()).size());
  EXPECT_EQ(import(upload("a.gz", packed)), "2 found: 2 new, 0 there, 0 skipped");
  EXPECT_EQ(import(upload("empty", "")), "0 found: 0 new, 0 there, 0 skipped");
}

TEST_F(ImportFunctionTest, TheTestMessageOfS3IsFine) {
  EXPECT_EQ(invoke(R"({"Event":"s3:TestEvent"})"), R"({"lists":[]})");
}

TEST_F(ImportFunctionTest, ImportedAgainItComesToTheSameEnd) {
  const std::string event = upload("hosts", numbered_hosts(0, 300));
  EXPECT_EQ(import(event), "300 found: 300 new, 0 there, 0 skipped");
  const std::map<std::string, json> before = table_.items();
  import(event);
  EXPECT_EQ(table_.items().size(), before.size());
  EXPECT_EQ(table_.items().at("d7.com")["firstSeen"], before.at("d7.com")["firstSeen"]);
}

TEST_F(ImportFunctionTest, KeptListedNamesKeepTheScopeOfTheList) {
  settings_.keep = EntryKeep::kListed;
  import(upload("list", "[Adblock Plus]\n||www.evil.com^\n"));
  EXPECT_EQ(items(), "www.evil.com");
  EXPECT_EQ(table_.items().at("www.evil.com")["scope"]["S"], "subtree");
}

TEST_F(ImportFunctionTest, APageOrABinaryFileIsAnErrorAndChangesNothing) {
  const std::string page = invoke(upload("page", "<!DOCTYPE html><html><a href=\"http://evil.com\">"));
  EXPECT_NE(page.find("HTML"), std::string::npos) << page;
  const std::string late = numbered_hosts(0, 20000) + std::string(1, '\0') + "x.com\n";
  EXPECT_NE(invoke(upload("late", late)).find("NUL byte"), std::string::npos);
  EXPECT_EQ(items(), "");
  EXPECT_EQ(json::parse(log_.at(0))["message"], "list not imported");
  EXPECT_EQ(json::parse(log_.at(0))["level"], "ERROR");
}

TEST_F(ImportFunctionTest, AFailedObjectKeepsNoOtherFromBeingImported) {
  upload("a", "<html>");
  upload("b", "evil.com\n");
  EXPECT_NE(invoke(event_of({"a", "b"})).find("HTML"), std::string::npos);
  EXPECT_EQ(items(), "evil.com");
}

TEST_F(ImportFunctionTest, AnArchiveThatIsCutChangesNothing) {
  const std::string text = numbered_hosts(0, 20000);
  std::string packed(gzip_size_max(text.size()), '\0');
  packed.resize(GzipWriter().compress(text, packed.data()).size() - 9);
  EXPECT_TRUE(invoke(upload("a.gz", packed)).starts_with("error: s3://lists/a.gz: "));
  EXPECT_EQ(items(), "");
}

TEST_F(ImportFunctionTest, AnObjectThatIsGoneOrForbiddenIsAnError) {
  EXPECT_NE(invoke(event_of({"gone"})).find("NoSuchKey"), std::string::npos);
  fault_ = [](const LoopbackRequest& request, LoopbackReply& reply) {
    if (request.method != "GET") return false;
    reply = LoopbackReply::with(403, "<Error><Code>AccessDenied</Code><Message>m</Message></Error>");
    return true;
  };
  EXPECT_NE(invoke(event_of({"gone"})).find("AccessDenied"), std::string::npos);
}

TEST_F(ImportFunctionTest, AnObjectThatWasReplacedIsLeftToItsOwnEvent) {
  const std::string event = upload("hosts", "evil.com\n");
  etag_ = "e2";
  EXPECT_EQ(invoke(event), R"({"lists":[]})");
  EXPECT_EQ(items(), "");
  EXPECT_EQ(json::parse(log_.at(0))["message"], "object replaced since, its own event imports it");
}

TEST_F(ImportFunctionTest, ABodyThatIsCutIsAskedForAgain) {
  std::atomic<int> number = 0;
  const std::string event = upload("hosts", numbered_hosts(0, 1000));
  fault_ = [&](const LoopbackRequest& request, LoopbackReply& reply) {
    if (request.method != "GET" || number++ % 2 != 0) return false;
    reply = get_object(request, request.target).cut(5000, LoopbackReply::After::kReset);
    return true;
  };
  EXPECT_EQ(import(event), "1000 found: 1000 new, 0 there, 0 skipped");
}

TEST_F(ImportFunctionTest, AThrottledTableThatNeverRecoversFailsTheInvocation) {
  table_.leave_over({"d7.com"});
  EXPECT_NE(invoke(upload("hosts", numbered_hosts(0, 10))).find("error: "), std::string::npos);
  table_.leave_over({});
  EXPECT_EQ(import(event_of({"hosts"})).substr(0, 9), "10 found:");
  EXPECT_EQ(table_.items().size(), 10U);
}

TEST_F(ImportFunctionTest, NearItsDeadlineItGoesOnInAnotherInvocation) {
  constexpr size_t kNames = 40000;
  std::string list = "id,domain\n";
  for (size_t i = 0; i < kNames; ++i) {
    list.append(std::to_string(i)).append(",d").append(std::to_string(i)).append(".com\n");
    if (i % 100 == 0) list.append(std::to_string(i)).append(",10.0.0.1\n");
  }
  upload("feeds/list.csv", list);
  upload("second", "evil.com\n");
  std::string event = event_of({"feeds/list.csv", "second"});
  std::string response;
  size_t invocations = 0;
  bool tried_again = false;
  for (; invocations < 50; ++invocations) {
    handed_on_.clear();
    response = invoke(event, milliseconds(700));
    if (response.starts_with("error")) {  // a machine too busy: Lambda tries again
      tried_again = true;
      continue;
    }
    if (handed_on_.empty()) break;
    EXPECT_EQ(handed_on_.size(), 1U);
    event = handed_on_[0];
  }
  EXPECT_GE(invocations, 1U);
  EXPECT_EQ(table_.items().size(), kNames + 1);
  for (const std::string& line : log_) {
    const json read = json::parse(line);
    if (read["object"] != "s3://lists/feeds/list.csv" || read["message"] != "list imported") continue;
    EXPECT_EQ(read["summary"]["lists"][0]["sources"][0]["format"], "csv");
    const std::string counted = counts(read["summary"]["lists"][0]);
    if (!tried_again) {
      EXPECT_EQ(counted, "40400 found: 40000 new, 0 there, 400 skipped");
    }
  }
}

TEST_F(ImportFunctionTest, WithoutProgressThereIsNoGoingOn) {
  fault_ = [](const LoopbackRequest& request, LoopbackReply&) {
    if (request.method == "GET") std::this_thread::sleep_for(milliseconds(150));
    return false;
  };
  const std::string response = invoke(upload("hosts", "evil.com\n"), milliseconds(180));
  EXPECT_TRUE(response.starts_with("error: ")) << response;
  EXPECT_TRUE(handed_on_.empty());
}

TEST_F(ImportFunctionTest, WhereItCannotGoOnTheInvocationFails) {
  fault_ = [](const LoopbackRequest& request, LoopbackReply& reply) {
    if (!request.target.starts_with("/2015-03-31")) return false;
    reply = LoopbackReply::with(403, "{\"Message\":\"no\"}", {{"x-amzn-ErrorType", "AccessDeniedException"}});
    return true;
  };
  const std::string response = invoke(upload("hosts", numbered_hosts(0, 100000)), milliseconds(1000));
  EXPECT_NE(response.find("Lambda Invoke: AccessDeniedException"), std::string::npos) << response;
}

TEST_F(ImportFunctionTest, AReceiptThatCannotBeWrittenIsLoggedAndTheImportStands) {
  fault_ = [](const LoopbackRequest& request, LoopbackReply& reply) {
    if (request.method != "PUT") return false;
    reply = LoopbackReply::with(403, "<Error><Code>AccessDenied</Code><Message>m</Message></Error>");
    return true;
  };
  EXPECT_EQ(import(upload("hosts", "evil.com\n")), "1 found: 1 new, 0 there, 0 skipped");
  EXPECT_EQ(json::parse(log_.at(1))["message"], "receipt not written");
}

TEST(ImportSettings, AWrongValueNamesItsVariable) {
  const auto read = [](Environment::Variables variables) {
    const auto settings = read_import_settings(Environment(std::move(variables)));
    return settings ? "fine" : settings.error().detail;
  };
  EXPECT_EQ(read({}), "INTERESTING_DOMAINS_TABLE is not set");
  EXPECT_EQ(read({{"INTERESTING_DOMAINS_TABLE", "t"}}), "fine");
  EXPECT_EQ(read({{"INTERESTING_DOMAINS_TABLE", "t"}, {"KEEP", "all"}}),
            "KEEP=all: registered or listed is wanted");
  EXPECT_EQ(read({{"INTERESTING_DOMAINS_TABLE", "t"}, {"LIST_FORMAT", "x"}}),
            "LIST_FORMAT=x: no such format");
}

}  // namespace
}  // namespace querymark
