// SPDX-License-Identifier: Apache-2.0
#include "service/dashboard.h"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "query/questions.h"
#include "service/answer_json.h"
#include "service/dashboard_page.h"
#include "service/dashboard_request.h"
#include "service/dashboard_table.h"
#include "service/overview_cache.h"
#include "service/record_streams.h"
#include "service/work_queue.h"

namespace querymark {
namespace {

using Json = nlohmann::ordered_json;

constexpr std::string_view kApi = "/api/";
constexpr size_t kQuestionsAtOnce = 2;
constexpr size_t kWaitingMax = 32;
constexpr uint64_t kBodySizeMax = uint64_t{32} << 20;  // of a list
constexpr unsigned kRowsMax = 100'000;
constexpr unsigned kRowsShown = 1000;
constexpr unsigned kDaysMax = 36'500;
constexpr size_t kAnswerSizeMax = size_t{32} << 20;
constexpr std::chrono::seconds kQuestionTimeMax(60);

std::string json_text(const Json& json) {
  return json.dump(-1, ' ', false, Json::error_handler_t::replace);
}

HttpReply api_reply(HttpReply reply) {
  reply.headers.push_back({"Cache-Control", "no-store"});
  add_security_headers(reply);
  return reply;
}

HttpReply to_reply(DashboardAnswer answer) {
  return answer ? HttpReply{.body = *std::move(answer)} : error_reply(answer.error());
}

DashboardAnswer saved_questions_json() {
  Json json = Json::array();
  for (const SavedQuestion& question : saved_questions())
    json.push_back(
        {{"name", question.name}, {"description", question.description()}, {"text", question.text}});
  return json_text(json);
}

}  // namespace

struct Dashboard::State {
  State(DashboardOptions opts, const SuffixTable& suffix_table, const LiveTable& live,
        const RecentRecords& recent_records, std::function<std::string()> metrics_function)
      : options(std::move(opts)),
        recent(recent_records),
        streams(recent_records),
        metrics(std::move(metrics_function)),
        access(options.access),
        questions(options.store, suffix_table),
        table({options.home, options.table_uri, options.match}, suffix_table, live),
        overviews(questions, question_queue,
                  [this](const std::string& domain) { return table.lists_of(domain); }) {}

  // Who answers: what is quick is answered where it is read, and nothing of the table waits for a question to
  // the store.
  enum class Place : uint8_t { kHere, kQuestions, kTable };
  struct Route {
    std::string_view method;
    std::string_view path;  // below /api/
    Place place;
    HttpReply (*answer)(State& state, const DashboardRequest& request);
    bool is_open = false;  // to those who have not logged in
  };
  static const Route* find_route(const HttpHead& head);

  HttpReply answer(const Route& route, const DashboardRequest& request);
  WorkQueue* queue_of(Place place);

  DashboardAnswer overview(const DashboardRequest& request);
  DashboardAnswer query(const DashboardRequest& request);
  DashboardAnswer tail(const DashboardRequest& request) const;
  HttpReply stream(const DashboardRequest& request);
  HttpReply log_in(const DashboardRequest& request);

  DashboardOptions options;
  const RecentRecords& recent;
  RecordStreams streams;
  std::function<std::string()> metrics;
  DashboardAccess access;
  StoreQuestions questions;
  DashboardTable table;
  WorkQueue question_queue{kQuestionsAtOnce, kWaitingMax};
  WorkQueue table_queue{1, kWaitingMax};
  OverviewCache overviews;
};

const Dashboard::State::Route* Dashboard::State::find_route(const HttpHead& head) {
  using Request = DashboardRequest;
  static const std::vector<Route> routes = {
      {"GET", "session", Place::kHere,
       [](State& state, const Request& request) {
         return HttpReply{.body = state.access.session_json(request.head)};
       },
       true},
      {"POST", "login", Place::kTable,
       [](State& state, const Request& request) { return state.log_in(request); }, true},
      {"POST", "logout", Place::kHere,
       [](State& state, const Request& request) { return state.access.log_out(request.head); }},
      {"GET", "overview", Place::kHere,
       [](State& state, const Request& request) { return to_reply(state.overview(request)); }},
      {"POST", "query", Place::kQuestions,
       [](State& state, const Request& request) { return to_reply(state.query(request)); }},
      {"GET", "questions", Place::kHere,
       [](State&, const Request&) { return to_reply(saved_questions_json()); }},
      {"GET", "tail", Place::kHere,
       [](State& state, const Request& request) { return to_reply(state.tail(request)); }},
      {"GET", "stream", Place::kHere,
       [](State& state, const Request& request) { return state.stream(request); }},
      {"GET", "metrics", Place::kHere,
       [](State& state, const Request&) {
         return HttpReply{.content_type = "text/plain", .body = state.metrics()};
       }},
      {"GET", "lists", Place::kTable,
       [](State& state, const Request&) { return to_reply(state.table.lists()); }},
      {"GET", "entries", Place::kTable,
       [](State& state, const Request& request) { return to_reply(state.table.entries(request)); }},
      {"POST", "import", Place::kTable,
       [](State& state, const Request& request) { return to_reply(state.table.import(request)); }},
      {"POST", "add", Place::kTable,
       [](State& state, const Request& request) { return to_reply(state.table.add(request)); }},
      {"POST", "remove", Place::kTable,
       [](State& state, const Request& request) { return to_reply(state.table.remove(request)); }},
      {"GET", "explain", Place::kTable,
       [](State& state, const Request& request) { return to_reply(state.table.explain(request)); }},
  };
  const std::string_view path = std::string_view(head.path).substr(kApi.size());
  const auto route = std::find_if(routes.begin(), routes.end(), [&](const Route& one) {
    return one.path == path && one.method == head.method;
  });
  return route == routes.end() ? nullptr : &*route;
}

HttpReply Dashboard::State::answer(const Route& route, const DashboardRequest& request) {
  try {
    return api_reply(route.answer(*this, request));
  } catch (const std::exception& error) {
    return api_reply(json_message(500, error.what()));
  }
}

WorkQueue* Dashboard::State::queue_of(Place place) {
  if (place == Place::kHere) return nullptr;
  return place == Place::kQuestions ? &question_queue : &table_queue;
}

DashboardAnswer Dashboard::State::overview(const DashboardRequest& request) {
  OverviewPeriod period;
  const Result<unsigned> days = request.number("days", period.days, kDaysMax);
  if (!days) return days.error();
  period.days = *days;
  period.time_from = request.parameter("from");
  period.time_to = request.parameter("to");
  return overviews.get(period);
}

DashboardAnswer Dashboard::State::query(const DashboardRequest& request) {
  const Result<unsigned> rows_max = request.number("rows", kRowsShown, kRowsMax);
  if (!rows_max) return rows_max.error();
  const auto begin = std::chrono::steady_clock::now();
  AnswerJson answer(*rows_max, kAnswerSizeMax);
  const Result<uint64_t> rows = questions.select({request.body, {}}, answer, kQuestionTimeMax);
  if (!rows && !answer.is_truncated()) return rows.error();
  const std::chrono::duration<double> took = std::chrono::steady_clock::now() - begin;
  return answer.take() + ",\"took_s\":" + std::to_string(took.count()) + "}";
}

DashboardAnswer Dashboard::State::tail(const DashboardRequest& request) const {
  const RecordTail tail = recent.since(request.parameter("cursor"));
  return json_text({{"cursor", tail.cursor}, {"lines", tail.lines}, {"skipped", tail.is_skipped}});
}

HttpReply Dashboard::State::stream(const DashboardRequest& request) {
  const std::string_view last = request.head.header("Last-Event-ID");
  std::shared_ptr<HttpBodySource> source =
      streams.open(last.empty() ? request.parameter("cursor") : std::string(last));
  if (source == nullptr) return json_message(503, "too many pages watch: ask for the tail from time to time");
  return {.content_type = "text/event-stream", .body = {}, .headers = {}, .source = std::move(source)};
}

HttpReply Dashboard::State::log_in(const DashboardRequest& request) {
  return access.log_in(request.body);
}

namespace {

// Reads a request whole and has it answered.
class ApiHandler final : public HttpHandler {
 public:
  using AnswerFunction = std::function<HttpReply(const DashboardRequest&)>;

  ApiHandler(HttpHead head, WorkQueue* queue, AnswerFunction answer)
      : request_{std::move(head), {}}, queue_(queue), answer_(std::move(answer)) {}

  uint64_t body_size_max() const override { return kBodySizeMax; }

  void take(ByteBuffer& body, bool, Resume resume) override {
    request_.body = body.view();
    body.clear();
    if (queue_ == nullptr) return resume(answer_(request_));
    const auto work = [this, resume] { resume(answer_(request_)); };
    if (!queue_->submit(work)) resume(refuse(HttpRefusal::kOverloaded));
  }

  HttpReply refuse(HttpRefusal refusal) const override {
    if (refusal == HttpRefusal::kTooLarge)
      return api_reply(json_message(413, "this is larger than 32 MiB: use `querymark domains import`"));
    return api_reply(json_message(503, "too much is being asked at once: try again"));
  }

 private:
  DashboardRequest request_;
  WorkQueue* queue_;  // null: answered at once
  AnswerFunction answer_;
};

}  // namespace

Dashboard::Dashboard(DashboardOptions options, const SuffixTable& suffixes, const LiveTable& table,
                     const RecentRecords& recent, std::function<std::string()> metrics)
    : state_(std::make_unique<State>(std::move(options), suffixes, table, recent, std::move(metrics))) {}

Dashboard::~Dashboard() {
  stop();
}

std::unique_ptr<HttpHandler> Dashboard::begin(const HttpHead& head) {
  if (!head.path.starts_with(kApi)) {
    if (head.method != "GET") return nullptr;
    std::optional<HttpReply> page = page_reply(head);
    return page ? make_reply_handler(*std::move(page)) : nullptr;
  }
  const State::Route* route = State::find_route(head);
  if (route == nullptr) return make_reply_handler(api_reply(json_message(404, "no such question")));
  std::optional<HttpReply> refusal =
      route->is_open ? state_->access.refuse_foreign(head) : state_->access.refuse(head);
  if (refusal) return make_reply_handler(api_reply(*std::move(refusal)));
  return std::make_unique<ApiHandler>(head, state_->queue_of(route->place),
                                      [state = state_.get(), route](const DashboardRequest& request) {
                                        return state->answer(*route, request);
                                      });
}

void Dashboard::stop() {
  state_->streams.stop();
  state_->questions.stop();
  state_->question_queue.stop();
  state_->table_queue.stop();
}

}  // namespace querymark
