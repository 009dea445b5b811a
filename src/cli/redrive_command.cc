// SPDX-License-Identifier: Apache-2.0
// querymark redrive: what lies under error prefixes, marked into a store or sent to a delivery stream again.
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <memory>

#include "cli/backfill_command.h"
#include "cli/delivery_options.h"
#include "delivery/redrive.h"

namespace querymark {
namespace {

// A stream that refuses for now, be it AWS's bound of records a second, is waited for half a minute.
constexpr RetryPolicy kPatience{10, std::chrono::milliseconds(200), std::chrono::seconds(10)};

struct RedriveArguments {
  BackfillArguments store;
  std::string endpoint;
};

class Observer final : public RedriveObserver {
 public:
  explicit Observer(BackfillProgress& progress) : progress_(progress) {}

  void left_out(const BackfillSource& source, std::string_view why) override {
    progress_.tell_failure(source.name + ": " + std::string(why) + "; left where it is");
  }
  void failed(const BackfillSource&, const Error& error) override {
    progress_.tell_failure(error.detail + "; tried again by the next run");
  }
  void progress(const RedriveCounts& counts) override {
    progress_.draw(counts.sources + counts.failed, counts.bytes_in, grouped(counts.sent) + " records sent");
  }

 private:
  BackfillProgress& progress_;
};

ExitStatus send(const CommonOptions& common, const RedriveArguments& arguments) {
  AwsAccess aws;
  const std::string& stream = arguments.store.target.stream;
  AwsOptions options;
  options.endpoint_url = arguments.endpoint;
  Result<std::unique_ptr<AwsSession>> session = AwsSession::open(Environment::of_process(), options);
  if (!session) return fail(session.error());
  const Result<Firehose> firehose = Firehose::open(**session, kPatience);
  if (!firehose) return fail(firehose.error());
  Result<BackfillWork> work =
      find_backfill_work(arguments.store.source, common.home, arguments.endpoint + " " + stream, aws);
  if (!work) return fail(work.error());
  BackfillProgress progress(work->sources);
  Observer observer(progress);
  const Result<RedriveCounts> counts =
      run_redrive(work->sources, work->s3, *firehose, stream, work->checkpoint, observer);
  progress.end();
  if (!counts) return fail(counts.error());
  print_info(fmt::format("{} objects sent, {} done before, {} failed\n{} records sent, {} left out; {:.2f} s",
                         grouped(counts->sources), grouped(work->done_before), grouped(counts->failed),
                         grouped(counts->sent), grouped(counts->left_out), progress.seconds()));
  if (counts->failed > 0) return ExitStatus::kFailed;
  return counts->left_out > 0 ? ExitStatus::kRejected : ExitStatus::kDone;
}

}  // namespace

void add_redrive_command(CLI::App& app, const CommonOptions& common, Action& action) {
  auto arguments = std::make_shared<RedriveArguments>();
  CLI::App* verb = app.add_subcommand("redrive", "Mark again, or send again, what lies under error prefixes");
  add_source_options(*verb, " of error objects, Firehose's or ours", arguments->store.source);
  add_delivery_target_options(*verb, "--store", "Delivery", arguments->store.target);
  add_marking_options(*verb, arguments->store);
  CLI::Option* endpoint =
      verb->add_option("--endpoint", arguments->endpoint,
                       "Send the records to the stream at this Firehose API, and mark nothing here")
          ->type_name("URL")
          ->group("Delivery");
  for (const char* of_the_store :
       {"--store", "--prefix", "--error-prefix", "--match", "--annotate", "--threads", "--alert"})
    endpoint->excludes(of_the_store);
  verb->callback([&common, &action, arguments] {
    action = [&common, arguments] {
      return arguments->endpoint.empty() ? backfill(common, arguments->store) : send(common, *arguments);
    };
  });
}

}  // namespace querymark
