// SPDX-License-Identifier: Apache-2.0
// querymark demo: a walk through the program on the samples that come with it. Each command is shown and then
// run, in a temporary folder with a home of its own.
#include <sys/wait.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <array>
#include <chrono>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <memory>
#include <string>
#include <system_error>
#include <thread>
#include <vector>

#include "base/deadline.h"
#include "cli/command.h"
#include "cli/demo_service.h"

namespace querymark {
namespace {

namespace fs = std::filesystem;

struct Step {
  const char* says;
  std::string command;
};

const std::array kSteps = {
    Step{"Lists of interesting domains: an analyst's notes, a hosts file, a filter list.",
         "querymark domains import interesting.txt --format text --list analyst"},
    Step{nullptr, "querymark domains import interesting.hosts --list hosts-sample"},
    Step{nullptr, "querymark domains import interesting.adblock --list adblock-sample"},
    Step{"Query logs of Route 53 Resolver: one record a line, over many lines, and wrapped.",
         "querymark mark resolver.ndjson pretty.json wrapped.ndjson --output marked.ndjson"},
    Step{"Every record came out as it went in, but for one member. Two that matched:",
         "grep '\"isMatchedDomain\":\"Y\"' marked.ndjson | head -n 2"},
    Step{"The first-level domain decides, by the Public Suffix List. Why one name matched, and its neighbour "
         "not:",
         "querymark explain badger-sample.github.io otter-sample.github.io"},
};

constexpr const char* kServes =
    "The same as a service: records come over HTTP, marked ones are delivered as Data Firehose delivers "
    "them,\n"
    "matches are told.";

// What is sent to a service on this port, and what has become of it.
std::vector<Step> service_steps(uint16_t port) {
  const std::string url = "http://127.0.0.1:" + std::to_string(port);
  return {
      {"A batch of records through the API of Data Firehose: AWS's SDKs and command line send it likewise.",
       "curl --silent --show-error --fail --output answer.json \\\n    --header 'X-Amz-Target: "
       "Firehose_20150804.PutRecordBatch' \\\n    --header 'Content-Type: application/x-amz-json-1.1' \\\n   "
       " "
       "--data @put_record_batch.json " +
           url + "/"},
      {"It was answered when the records were marked and on disk:", "cut -c 1-100 answer.json"},
      {"A whole log by curl, in any form that is read, plain or gzip:",
       "curl --silent --show-error --fail --data-binary @resolver.ndjson " + url + "/ingest; echo"},
      {"A match, as it was told:", "sleep 1; head -n 1 alerts.ndjson"},
  };
}

const std::array kStoreSteps = {
    Step{"Delivered, under the names that Firehose gives:", "cd home/store && find . -name '*.gz'"},
    Step{"The blog post's question, asked of the store:",
         "querymark query \"SELECT query_name, srcaddr, srcids, vpc_id FROM route53query WHERE "
         "isMatchedDomain = "
         "'Y' LIMIT 5\""},
};

// A second after the records came it delivers them, in place of a minute.
const std::vector<std::string> kServeArguments = {"--alert", "file:alerts.ndjson", "--buffer-interval", "1"};
constexpr std::chrono::seconds kDeliveryTime(30);
constexpr std::chrono::milliseconds kLookInterval(50);

constexpr const char* kNext =
    "\nNext, with your own: querymark domains import LIST, then querymark mark LOG or querymark serve. What "
    "a verb\n"
    "can do: querymark VERB --help.\n";

Error from_code(const std::error_code& code, std::string what) {
  return Error::from_errno(code.value(), std::move(what));
}

// The samples, copied, and the home beside them; removed in the end unless they are to be kept.
class Workplace {
 public:
  static Result<Workplace> make(const fs::path& samples, bool keep) {
    std::error_code code;
    const fs::path above = fs::temp_directory_path(code);
    if (code) return from_code(code, "find the folder for temporary files");
    std::string folder = above / "querymark-demo.XXXXXX";
    if (::mkdtemp(folder.data()) == nullptr) return Error::from_errno(errno, "make the folder " + folder);
    Workplace workplace(folder, keep);
    fs::copy(samples, folder, fs::copy_options::recursive, code);
    if (code) return from_code(code, "copy the samples from " + samples.string());
    return workplace;
  }

  Workplace(Workplace&& other) noexcept : folder_(std::move(other.folder_)), keep_(other.keep_) {
    other.folder_.clear();
  }
  Workplace& operator=(Workplace&&) = delete;
  ~Workplace() {
    std::error_code ignored;
    if (!keep_ && !folder_.empty()) fs::remove_all(folder_, ignored);
  }

  const fs::path& folder() const { return folder_; }

 private:
  Workplace(fs::path folder, bool keep) : folder_(std::move(folder)), keep_(keep) {}
  fs::path folder_;
  bool keep_;
};

// This program under its name, whatever shell or PATH it was called from.
Result<void> become_first_in_path(const fs::path& program) {
  const char* path = std::getenv("PATH");
  const std::string wanted =
      program.parent_path().string() + (path == nullptr ? "" : ":" + std::string(path));
  if (::setenv("PATH", wanted.c_str(), 1) != 0) return Error::from_errno(errno, "set PATH");
  return {};
}

Result<void> enter(const Workplace& workplace) {
  std::error_code code;
  fs::current_path(workplace.folder(), code);
  if (code) return from_code(code, "enter " + workplace.folder().string());
  const std::string home = workplace.folder() / "home";
  if (::setenv("QUERYMARK_HOME", home.c_str(), 1) != 0) return Error::from_errno(errno, "set QUERYMARK_HOME");
  return {};
}

Result<void> run(const Step& step) {
  if (step.says != nullptr) std::printf("\n%s\n", step.says);
  std::printf("\n$ %s\n", step.command.c_str());
  std::fflush(stdout);
  const int status = std::system(step.command.c_str());
  if (status == -1 || !WIFEXITED(status) || WEXITSTATUS(status) != 0)
    return Error{Errc::kIo, "the demo ended early: this command failed: " + step.command};
  return {};
}

template <typename Steps>
Result<void> run_all(const Steps& steps) {
  for (const Step& step : steps) {
    if (Result<void> done = run(step); !done) return done;
  }
  return {};
}

bool is_any_file(const fs::path& folder, std::string_view suffix) {
  std::error_code code;
  for (fs::recursive_directory_iterator at(folder, code), end; !code && at != end; at.increment(code))
    if (at->path().native().ends_with(suffix)) return true;
  return false;
}

// Until all that was taken is in the store.
Result<void> wait_for_delivery() {
  for (const Deadline deadline = Deadline::after(kDeliveryTime);
       !is_any_file("home/store", ".gz") || is_any_file("home/spool", ".part");) {
    if (deadline.passed()) return Error{Errc::kIo, "the demo ended early: the service does not deliver"};
    std::this_thread::sleep_for(kLookInterval);
  }
  return {};
}

// Leaves the service to whoever sits before the terminal; elsewhere nobody could look.
void show_dashboard(uint16_t port) {
  const bool is_watched = ::isatty(STDIN_FILENO) != 0 && ::isatty(STDOUT_FILENO) != 0;
  std::printf("\nThe dashboard, with these records in it:\n\n    http://127.0.0.1:%u/\n\n%s\n",
              unsigned{port},
              is_watched ? "The service ends, and the demo with it, when you press Enter."
                         : "The service ends with the demo; on a terminal it waits for you.");
  std::fflush(stdout);
  if (is_watched) {
    while (std::getchar() != '\n' && std::feof(stdin) == 0) {
    }
  }
}

Result<void> show_service() {
  std::printf("\n%s\n", kServes);
  Result<DemoService> service = DemoService::start(kServeArguments);
  if (!service) return service.error();
  Result<void> done = run_all(service_steps(service->port()));
  if (done) done = wait_for_delivery();
  if (done) done = run_all(kStoreSteps);
  if (!done) return done;
  std::fputs(kNext, stdout);
  show_dashboard(service->port());
  return {};
}

ExitStatus demo(const std::string& samples_given, bool keep) {
  std::error_code code;
  const fs::path program = fs::read_symlink("/proc/self/exe", code);
  if (code) return fail(from_code(code, "read /proc/self/exe"));
  const fs::path samples = samples_given.empty()
                               ? program.parent_path().parent_path() / "share" / "querymark" / "demo"
                               : fs::path(samples_given);
  const Result<Workplace> workplace = Workplace::make(samples, keep);
  if (!workplace) return fail(workplace.error());
  for (const Result<void>& step : {become_first_in_path(program), enter(*workplace)}) {
    if (!step) return fail(step.error());
  }
  // The commands shall end as they do in a shell.
  std::signal(SIGPIPE, SIG_DFL);
  if (const Result<void> done = run_all(kSteps); !done) return fail(done.error());
  if (const Result<void> done = show_service(); !done) return fail(done.error());
  if (keep)
    std::printf("The samples, the marked records and the table stay in %s.\n", workplace->folder().c_str());
  return ExitStatus::kDone;
}

}  // namespace

void add_demo_command(CLI::App& app, Action& action) {
  struct Arguments {
    std::string samples;
    bool keep = false;
  };
  auto arguments = std::make_shared<Arguments>();
  CLI::App* verb = app.add_subcommand("demo", "Walk through the program on samples, in a temporary home");
  verb->add_option("--samples", arguments->samples, "Folder of the samples (default: the installed one)")
      ->type_name("DIR");
  verb->add_flag("--keep", arguments->keep, "Leave the temporary folder behind, to look at and go on");
  verb->callback(
      [&action, arguments] { action = [arguments] { return demo(arguments->samples, arguments->keep); }; });
}

}  // namespace querymark
