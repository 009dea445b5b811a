// SPDX-License-Identifier: Apache-2.0
#include "service/service.h"

#include <gtest/gtest.h>

#include <atomic>
#include <thread>

#include "aws/environment.h"
#include "aws/http_client.h"
#include "base/file.h"
#include "base/temporary_folder.h"
#include "domains/sqlite_table.h"

namespace querymark {
namespace {

constexpr int kSenders = 4;

class SilentLog final : public EventLog {
 public:
  void info(std::string_view) override {}
  void warning(std::string_view) override {}
  void error(std::string_view message) override { ADD_FAILURE() << message; }
};

// A service within the test, whose table changes while it is asked.
class ServiceTest : public testing::Test {
 protected:
  void SetUp() override {
    list("evil.com");
    options_.home = folder_.path();
    options_.http.threads = 3;
    options_.object_size = uint64_t{1} << 16;
    options_.object_interval = std::chrono::milliseconds(50);
    options_.alerts.sinks = {"file:" + folder_.path() + "/alerts"};
  }

  // Makes the table hold this name.
  void list(const std::string& name) const {
    Result<SqliteTable> table = SqliteTable::open(folder_.path() + "/domains.db", TableAccess::kWrite);
    ASSERT_TRUE(table);
    struct One final : EntryStream {
      explicit One(const std::string& only) : name(only) {}
      Result<std::optional<TableEntry>> next() override {
        if (is_given) return std::optional<TableEntry>();
        is_given = true;
        return std::optional<TableEntry>({.name = name, .scope = EntryScope::kExact, .allow = false});
      }
      const std::string& name;
      bool is_given = false;
    } entries(name);
    ListUpdate update;
    update.list = "test";
    ASSERT_TRUE(table->update_list(update, entries));
  }

  HttpResponse send(const std::string& method, const std::string& path, const std::string& body) {
    HttpRequest request;
    request.method = method;
    request.url = *HttpUrl::parse("http://127.0.0.1:" + std::to_string(service_->port()) + path);
    request.body = std::string_view(body);
    const Result<HttpResponse> response = http_.send(request);
    EXPECT_TRUE(response) << response.error().detail;
    return response ? *response : HttpResponse();
  }

  void start() {
    Result<std::unique_ptr<Service>> service = Service::start(options_, SuffixTable::built_in(), log_);
    ASSERT_TRUE(service) << service.error().detail;
    service_ = *std::move(service);
  }

  TemporaryFolder folder_ = *TemporaryFolder::create();
  ServiceOptions options_;
  SilentLog log_;
  HttpClient http_{Environment()};
  std::unique_ptr<Service> service_;
};

TEST_F(ServiceTest, ManySendersWhileTheTableChanges) {
  constexpr int kRequests = 40;
  start();
  std::atomic<int> answered{0};
  std::vector<std::thread> senders;
  senders.reserve(kSenders);
  for (int sender = 0; sender < kSenders; ++sender) {
    senders.emplace_back([this, &answered] {
      for (int i = 0; i < kRequests; ++i) {
        const HttpResponse response = send(
            "POST", "/ingest", "{\"query_name\":\"evil.com.\"}\n{\"query_name\":\"a.org.\"}\nno record\n");
        if (response.status == 200) ++answered;
        send("GET", "/metrics", "");
      }
    });
  }
  for (int i = 0; i < 3; ++i) {
    list("other" + std::to_string(i) + ".net");
    std::this_thread::sleep_for(std::chrono::milliseconds(200));
  }
  for (std::thread& sender : senders) sender.join();
  EXPECT_EQ(answered, kSenders * kRequests);
  const std::string metrics = send("GET", "/metrics", "").body;
  const std::string count = std::to_string(answered.load());
  for (const char* result : {"matched", "unmatched", "rejected"}) {
    const std::string line =
        std::string("querymark_records_acknowledged_total{result=\"") + result + "\"} " + count + "\n";
    EXPECT_NE(metrics.find(line), std::string::npos) << line << metrics;
  }
  EXPECT_TRUE(service_->stop(Deadline::after(std::chrono::seconds(60))));
}

TEST_F(ServiceTest, StopsWhileRequestsAreUnderWay) {
  start();
  std::atomic<bool> stopping{false};
  std::vector<std::thread> senders;
  const std::string url = "http://127.0.0.1:" + std::to_string(service_->port()) + "/ingest";
  senders.reserve(kSenders);
  for (int sender = 0; sender < kSenders; ++sender) {
    senders.emplace_back([this, &stopping, &url] {
      HttpRequest request;
      request.method = "POST";
      request.url = *HttpUrl::parse(url);
      const std::string body(1000, ' ');
      request.body = std::string_view(body);
      while (!stopping) static_cast<void>(http_.send(request));
    });
  }
  std::this_thread::sleep_for(std::chrono::milliseconds(100));
  EXPECT_TRUE(service_->stop(Deadline::after(std::chrono::seconds(60))));
  stopping = true;
  for (std::thread& sender : senders) sender.join();
}

TEST_F(ServiceTest, IsGoneWithoutAStop) {
  start();
  send("POST", "/ingest", "{\"query_name\":\"evil.com.\"}");
  service_.reset();
  start();
  EXPECT_EQ(send("GET", "/readyz", "").status, 200);
}

}  // namespace
}  // namespace querymark
