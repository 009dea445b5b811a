// SPDX-License-Identifier: Apache-2.0
#include "service/service.h"

#include <algorithm>
#include <atomic>
#include <optional>

#include "base/file.h"
#include "base/file_lock.h"
#include "codec/json_string.h"
#include "service/access_keys.h"
#include "service/committer.h"
#include "service/dashboard.h"
#include "service/firehose_api.h"
#include "service/firehose_endpoint.h"
#include "service/ingest_endpoint.h"
#include "service/live_table.h"
#include "service/metrics_text.h"
#include "service/password_hash.h"
#include "service/request_ids.h"
#include "service/service_metrics.h"

namespace querymark {
namespace {

constexpr const char* kErrorOutputType = "processing-failed";

// What the options name, read and found good.
struct Prepared {
  std::unique_ptr<AwsAccess> aws;  // the store's and the table's
  OpenedTarget target;
  AccessKeys keys;
  AccessKeys dashboard_tokens;
};

bool is_loopback(std::string_view address) {
  return address == "::1" || address.starts_with("127.");
}

Result<Prepared> prepare(const ServiceOptions& options) {
  if (!options.dashboard_password_hash.empty() && !is_password_hash(options.dashboard_password_hash))
    return Error::invalid(
        "--dashboard-password-hash: what `querymark serve --hash-password` prints is wanted");
  auto aws = std::make_unique<AwsAccess>();
  Result<OpenedTarget> target = open_delivery_target(options.target, options.home, *aws);
  if (!target) return target.error();
  Result<AccessKeys> keys = AccessKeys::load(options.signing_keys_file, options.access_keys_file);
  if (!keys) return keys.error();
  Result<AccessKeys> tokens = AccessKeys::load_tokens(options.dashboard_tokens_file);
  if (!tokens) return tokens.error();
  if (const Result<void> checked = check_certificate(options.http); !checked) return checked.error();
  if (keys->is_open() && !is_loopback(options.http.address))
    return Error::invalid("an address that others reach, " + options.http.address +
                          ", demands --signing-keys or --access-keys");
  return Prepared{std::move(aws), *std::move(target), *std::move(keys), *std::move(tokens)};
}

// Where delivered records lie: the store, and of the prefix what stands before its first expression.
Result<LogStore> records_store(const ServiceOptions& options, AwsAccess& aws) {
  std::string fixed = options.target.prefix.substr(0, options.target.prefix.find("!{"));
  fixed.resize(fixed.rfind('/') + 1);
  const std::optional<std::string> folder = folder_of_store(options.target.store, options.home);
  if (folder) return LogStore(*folder + "/" + fixed);
  Result<S3Uri> place = S3Uri::parse(options.target.store);
  if (!place) return place.error();
  if (!place->is_prefix()) place->key += '/';
  place->key += fixed;
  const Result<const S3*> s3 = aws.s3();
  if (!s3) return s3.error();
  return LogStore(**s3, *place, options.home + "/cache");
}

// Tells the log what happens on the service's own threads.
class Events final : public DeliveryObserver, public LiveTableObserver {
 public:
  explicit Events(EventLog& log) : log_(log) {}

  // Has the batches of an ingest that has begun let go of the table before.
  void set_ingest(Ingest& ingest) { ingest_ = &ingest; }

  void delivered(const std::string&, uint64_t) override { is_failing_ = false; }
  void failed(const std::string& key, const Error& error) override {
    if (!is_failing_.exchange(true))
      log_.error("delivery of " + key + " failed and is tried again: " + error.detail);
  }
  void table_changed(const MarkingTable& table) override {
    if (Ingest* ingest = ingest_; ingest != nullptr) ingest->drop_idle();
    log_.info("the table " + table.description() + " has changed: " + std::to_string(table.entry_count()) +
              " entries");
  }
  void table_failed(const Error& error) override { log_.error("the table cannot be read: " + error.detail); }

 private:
  EventLog& log_;
  std::atomic<Ingest*> ingest_{nullptr};
  std::atomic<bool> is_failing_{false};
};

}  // namespace

struct Service::State final : public HttpService {
  State(const ServiceOptions& opts, EventLog& event_log, FileLock home_lock, Prepared& prepared)
      : options(opts),
        log(event_log),
        lock(std::move(home_lock)),
        aws(std::move(prepared.aws)),
        store(std::move(prepared.target.store)),
        keys(std::move(prepared.keys)),
        budget(opts.memory_max),
        events(event_log) {
    constexpr uint64_t kMebibyte = uint64_t{1} << 20;
    stream = {.name = opts.target.stream,
              .prefix = opts.target.prefix,
              .error_prefix = opts.target.error_prefix,
              .object_size_mb = opts.object_size / kMebibyte,
              .object_seconds = static_cast<uint64_t>(
                  std::chrono::floor<std::chrono::seconds>(opts.object_interval).count()),
              .created_at = std::chrono::system_clock::now()};
  }

  Result<void> open_streams(Prepared& prepared);
  Result<void> open_dashboard(const SuffixTable& suffixes, AccessKeys tokens);
  std::unique_ptr<HttpHandler> begin(HttpHead head) override;
  ServiceStatus status() const;
  bool is_allowed(const HttpHead& head) const;
  static HttpReply unauthorized();
  HttpReply answer(const HttpHead& head) const;
  HttpReply ready() const;

  ServiceOptions options;
  EventLog& log;
  FileLock lock;
  std::unique_ptr<AwsAccess> aws;
  std::unique_ptr<ObjectStore> store;
  AccessKeys keys;
  FirehoseStream stream;
  std::unique_ptr<RequestIds> request_ids;
  MemoryBudget budget;
  Events events;
  std::unique_ptr<DeliveryStream> records;
  std::unique_ptr<DeliveryStream> errors;
  std::unique_ptr<LiveTable> table;
  std::unique_ptr<ServiceAlerts> alerts;  // none where no sinks are named
  std::optional<Committer> committer;
  std::optional<Ingest> ingest;
  std::optional<Dashboard> dashboard;
  std::unique_ptr<HttpServer> server;
  bool is_stopped = false;
};

Result<void> Service::State::open_streams(Prepared& prepared) {
  DeliveryOptions delivery{.stream = options.target.stream,
                           .spool_folder = options.home + "/spool/" + options.target.stream,
                           .prefix = std::move(prepared.target.prefix),
                           .object_size = options.object_size,
                           .object_interval = options.object_interval,
                           .spool_size_max = options.spool_size_max};
  Result<std::unique_ptr<DeliveryStream>> opened = DeliveryStream::open(delivery, *store, events);
  if (!opened) return opened.error();
  records = *std::move(opened);
  delivery.spool_folder += "/errors";
  delivery.prefix = std::move(prepared.target.error_prefix);
  delivery.error_output_type = kErrorOutputType;
  opened = DeliveryStream::open(delivery, *store, events);
  if (!opened) return opened.error();
  errors = *std::move(opened);
  return {};
}

Result<void> Service::State::open_dashboard(const SuffixTable& suffixes, AccessKeys tokens) {
  Result<LogStore> logs = records_store(options, *aws);
  if (!logs) return logs.error();
  DashboardOptions dashboard_options{.store = *std::move(logs),
                                     .home = options.home,
                                     .table_uri = options.table_uri,
                                     .match = options.ingest.match,
                                     .access = {.is_loopback = is_loopback(options.http.address),
                                                .is_tls = !options.http.certificate_file.empty(),
                                                .password_hash = options.dashboard_password_hash,
                                                .tokens = std::move(tokens)}};
  dashboard.emplace(std::move(dashboard_options), suffixes, *table, ingest->recent(),
                    [this] { return metrics_text(status()); });
  return {};
}

std::unique_ptr<HttpHandler> Service::State::begin(HttpHead head) {
  const std::string path = head.path;
  if (head.method == "POST" && (path == "/" || path == "/firehose" || path == "/ingest")) {
    // Only browsers name an origin: some page has its visitor send records.
    if (!head.header("origin").empty())
      return make_reply_handler(json_message(403, "pages may not send records"));
    if (path == "/") return make_firehose_api_handler(std::move(head), stream, keys, *ingest, budget);
    if (path == "/firehose")
      return make_firehose_endpoint_handler(std::move(head), keys, *request_ids, *ingest, budget);
    return is_allowed(head) ? make_ingest_handler(*ingest, budget) : make_reply_handler(unauthorized());
  }
  if (std::unique_ptr<HttpHandler> handler = dashboard->begin(head)) return handler;
  if (head.method == "GET") return make_reply_handler(answer(head));
  return make_reply_handler(json_message(405, head.method + " means nothing here"));
}

// A bearer of one of the access keys, where there are keys.
bool Service::State::is_allowed(const HttpHead& head) const {
  constexpr std::string_view kBearer = "Bearer ";
  const std::string_view authorization = head.header("authorization");
  return keys.is_open() ||
         (authorization.starts_with(kBearer) && keys.has_access_key(authorization.substr(kBearer.size())));
}

HttpReply Service::State::unauthorized() {
  HttpReply reply = json_message(401, "Authorization: Bearer with one of the access keys is needed");
  reply.headers.push_back({"WWW-Authenticate", "Bearer"});
  return reply;
}

HttpReply Service::State::answer(const HttpHead& head) const {
  if (head.path == "/healthz") return json_message(200, "alive");
  if (head.path == "/readyz") return ready();
  if (head.path == "/metrics") {
    if (!is_allowed(head)) return unauthorized();
    return {.content_type = std::string(MetricsText::kContentType), .body = metrics_text(status())};
  }
  if (head.path == "/ingest" || head.path == "/firehose") return json_message(405, "POST is wanted here");
  return json_message(404, "there is nothing at " + head.path);
}

ServiceStatus Service::State::status() const {
  const std::shared_ptr<const MarkingTable> current = table->current();
  return {.http = server->status(),
          .ingest = ingest->status(),
          .committer = committer->status(),
          .records = records->status(),
          .errors = errors->status(),
          .table = table->status(),
          .lists = table->lists(),
          .alerts = alerts == nullptr ? std::vector<AlertStatus>() : alerts->status(),
          .outbox_size = alerts == nullptr ? 0 : alerts->outbox_size(),
          .table_entries = current->entry_count(),
          .table_allow_entries = current->allow_count(),
          .memory_used = budget.used(),
          .memory_max = budget.size(),
          .spool_size_max = options.spool_size_max};
}

HttpReply Service::State::ready() const {
  const ServiceStatus now = status();
  if (now.table.is_failing) return json_message(503, "the table cannot be read");
  if (std::max(now.records.spool_bytes, now.errors.spool_bytes) >= options.spool_size_max)
    return json_message(503, "the spool is full");
  return json_message(200, "ready");
}

Service::Service(std::unique_ptr<State> state) : state_(std::move(state)) {}

Service::~Service() {
  if (!state_->is_stopped) stop(Deadline::after(std::chrono::milliseconds(0)));
}

Result<void> Service::check(const ServiceOptions& options, const SuffixTable& suffixes) {
  const Result<Prepared> prepared = prepare(options);
  if (!prepared) return prepared.error();
  if (Result<void> checked = ServiceAlerts::check(options.alerts); !checked) return checked;
  const Result<MarkingTable> table =
      MarkingTable::open(options.table_uri, options.home, suffixes, *prepared->aws);
  if (!table) return table.error();
  return {};
}

Result<std::unique_ptr<Service>> Service::start(const ServiceOptions& options, const SuffixTable& suffixes,
                                                EventLog& log) {
  Result<Prepared> prepared = prepare(options);
  if (!prepared) return prepared.error();
  if (const Result<void> made = make_folders(options.home); !made) return made.error();
  Result<FileLock> lock = FileLock::acquire(options.home + "/serve.lock", 0);
  if (!lock && lock.error().code == Errc::kBusy)
    return Error{Errc::kBusy, "another service runs on the home " + options.home};
  if (!lock) return lock.error();
  auto state = std::make_unique<State>(options, log, *std::move(lock), *prepared);
  Result<std::unique_ptr<LiveTable>> table =
      LiveTable::open(options.table_uri, options.home, suffixes, *state->aws, state->events);
  if (!table) return table.error();
  state->table = *std::move(table);
  if (const Result<void> opened = state->open_streams(*prepared); !opened) return opened.error();
  Result<std::unique_ptr<RequestIds>> request_ids = RequestIds::open(options.home + "/request_ids");
  if (!request_ids) return request_ids.error();
  state->request_ids = *std::move(request_ids);
  Result<std::unique_ptr<ServiceAlerts>> alerts = ServiceAlerts::open(options.alerts, options.home, suffixes);
  if (!alerts) return alerts.error();
  state->alerts = *std::move(alerts);
  IngestOptions ingest = options.ingest;
  ingest.collect_matches = state->alerts != nullptr;
  state->committer.emplace(*state->records, *state->errors,
                           state->alerts == nullptr ? nullptr : &state->alerts->outbox());
  state->ingest.emplace(*state->table, suffixes, ingest, *state->committer);
  state->events.set_ingest(*state->ingest);
  if (const Result<void> opened = state->open_dashboard(suffixes, std::move(prepared->dashboard_tokens));
      !opened)
    return opened.error();
  Result<std::unique_ptr<HttpServer>> server = HttpServer::listen(
      options.http, *state, state->budget, [&log](std::string_view what) { log.error(what); });
  if (!server) return server.error();
  state->server = *std::move(server);
  state->server->start();
  return std::unique_ptr<Service>(new Service(std::move(state)));
}

uint16_t Service::port() const {
  return state_->server->port();
}

std::string Service::store() const {
  return state_->store->description();
}

bool Service::stop(Deadline deadline) {
  state_->is_stopped = true;
  state_->dashboard->stop();
  state_->server->stop(deadline);
  // The last group is committed, though no sender hears of it after the deadline.
  state_->committer.reset();
  if (state_->alerts != nullptr) state_->alerts->stop();
  const bool records_done = state_->records->finish(deadline);
  return state_->errors->finish(deadline) && records_done;
}

}  // namespace querymark
