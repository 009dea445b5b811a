// SPDX-License-Identifier: Apache-2.0
// querymark serve: takes records over HTTP, marks them and delivers them to a store.
#include <sys/resource.h>
#include <termios.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <csignal>
#include <iostream>

#include "cli/command.h"
#include "cli/delivery_options.h"
#include "cli/output_stream.h"
#include "service/password_hash.h"
#include "service/ready_notice.h"
#include "service/service.h"

namespace querymark {
namespace {

constexpr uint64_t kMebibyte = uint64_t{1} << 20;

struct ServeArguments {
  ServiceOptions service;
  std::string listen = "127.0.0.1:8053";
  std::string match = "registered";
  uint64_t object_size_mb = 64;
  uint64_t object_seconds = 60;
  uint64_t spool_max_mb = 4096;
  uint64_t memory_max_mb = 128;
  uint64_t stop_seconds = 30;
  std::string alert_mode = "each";
  uint64_t alert_window_seconds = 300;
  uint64_t alert_limit = 0;
  bool check_config = false;
  bool hash_password = false;
};

class ConsoleLog final : public EventLog {
 public:
  void info(std::string_view message) override { print_info(message); }
  void warning(std::string_view message) override { print_warning(message); }
  void error(std::string_view message) override { print_error(message); }
};

// "127.0.0.1:8053", "[::1]:8053"
Result<void> split_listen(const std::string& text, HttpServerOptions& options) {
  const Error wrong = Error::invalid("--listen " + text + ": ADDRESS:PORT is wanted, as 127.0.0.1:8053");
  const size_t colon = text.rfind(':');
  if (colon == std::string::npos) return wrong;
  options.address = text.substr(0, colon);
  if (options.address.starts_with('[') && options.address.ends_with(']'))
    options.address = options.address.substr(1, options.address.size() - 2);
  const std::string port = text.substr(colon + 1);
  if (port.empty() || port.size() > 5 || port.find_first_not_of("0123456789") != std::string::npos)
    return wrong;
  const unsigned long number = std::stoul(port);
  if (number > UINT16_MAX) return wrong;
  options.port = static_cast<uint16_t>(number);
  return {};
}

Result<ServiceOptions> service_options(const CommonOptions& common, const ServeArguments& arguments) {
  ServiceOptions options = arguments.service;
  options.home = common.home;
  options.table_uri = common.table_uri;
  options.ingest.match = *parse_match_mode(arguments.match);
  options.object_size = arguments.object_size_mb * kMebibyte;
  options.object_interval = std::chrono::seconds(arguments.object_seconds);
  options.spool_size_max = arguments.spool_max_mb * kMebibyte;
  options.memory_max = arguments.memory_max_mb * kMebibyte;
  AlertPolicy& policy = options.alerts.policy;
  policy.mode = arguments.alert_mode == "digest" ? AlertPolicy::Mode::kDigest : AlertPolicy::Mode::kEach;
  policy.window = std::chrono::seconds(arguments.alert_window_seconds);
  policy.limit = arguments.alert_limit;
  if (options.http.threads == 0) options.http.threads = std::max(std::thread::hardware_concurrency(), 1U);
  if (const Result<void> split = split_listen(arguments.listen, options.http); !split) return split.error();
  if (options.http.certificate_file.empty() != options.http.key_file.empty())
    return Error::invalid("--tls-certificate and --tls-key go together");
  return options;
}

// As many connections as the system lets this process have.
void raise_descriptor_limit() {
  rlimit limit{};
  if (::getrlimit(RLIMIT_NOFILE, &limit) != 0) return;
  limit.rlim_cur = limit.rlim_max;
  ::setrlimit(RLIMIT_NOFILE, &limit);
}

// The signals that end the service, kept from every thread that starts from here on.
sigset_t block_stop_signals() {
  sigset_t signals;
  sigemptyset(&signals);
  sigaddset(&signals, SIGTERM);
  sigaddset(&signals, SIGINT);
  ::pthread_sigmask(SIG_BLOCK, &signals, nullptr);
  return signals;
}

// Reads a password from standard input, unseen on a terminal, and prints what a configuration may hold of it.
ExitStatus print_password_hash() {
  termios seen{};
  const bool is_terminal = ::tcgetattr(STDIN_FILENO, &seen) == 0;
  if (is_terminal) {
    termios unseen = seen;
    unseen.c_lflag &= ~static_cast<tcflag_t>(ECHO);
    ::tcsetattr(STDIN_FILENO, TCSAFLUSH, &unseen);
    print_info("password:");
  }
  std::string password;
  std::getline(std::cin, password);
  if (is_terminal) ::tcsetattr(STDIN_FILENO, TCSAFLUSH, &seen);
  if (password.empty()) return fail(Error::invalid("no password is given"));
  OutputStream out;
  out.write_line(hash_password(password));
  const Result<void> written = out.finish();
  return written ? ExitStatus::kDone : fail(written.error());
}

ExitStatus serve(const CommonOptions& common, const ServeArguments& arguments) {
  if (arguments.hash_password) return print_password_hash();
  const Result<ServiceOptions> options = service_options(common, arguments);
  if (!options) {
    print_error(options.error());
    return ExitStatus::kUsage;
  }
  const Result<SuffixTable> suffixes = common.load_suffixes();
  if (!suffixes) return fail(suffixes.error());
  if (arguments.check_config) {
    if (const Result<void> checked = Service::check(*options, *suffixes); !checked)
      return fail(checked.error());
    print_info("the configuration is good");
    return ExitStatus::kDone;
  }
  raise_descriptor_limit();
  const sigset_t signals = block_stop_signals();
  ConsoleLog log;
  const Result<std::unique_ptr<Service>> service = Service::start(*options, *suffixes, log);
  if (!service) return fail(service.error());
  log.info("listening on " + options->http.address + ":" + std::to_string((*service)->port()) +
           ", delivering to " + (*service)->store());
  notify_ready();
  int signal = 0;
  ::sigwait(&signals, &signal);
  notify_stopping();
  log.info("stopping");
  const bool all_delivered = (*service)->stop(Deadline::after(std::chrono::seconds(arguments.stop_seconds)));
  if (!all_delivered) print_warning("not all is delivered: the rest lies in the spool for the next start");
  return ExitStatus::kDone;
}

void add_network_options(CLI::App& verb, ServeArguments& arguments) {
  constexpr const char* kGroup = "Network";
  HttpServerOptions& http = arguments.service.http;
  verb.add_option("--listen", arguments.listen, "Address and port of the service")
      ->type_name("ADDRESS:PORT")
      ->capture_default_str()
      ->group(kGroup);
  verb.add_option("--tls-certificate", http.certificate_file,
                  "Certificate and its chain, PEM: serve over TLS")
      ->type_name("FILE")
      ->group(kGroup);
  verb.add_option("--tls-key", http.key_file, "The certificate's private key, PEM")
      ->type_name("FILE")
      ->group(kGroup);
  verb.add_option("--signing-keys", arguments.service.signing_keys_file,
                  "Keys that clients of the Firehose API sign with: ACCESS_KEY_ID SECRET, one a line")
      ->type_name("FILE")
      ->group(kGroup);
  verb.add_option("--access-keys", arguments.service.access_keys_file,
                  "Keys of Firehose's HTTP endpoint destination and of Bearer tokens, one a line")
      ->type_name("FILE")
      ->group(kGroup);
  verb.add_option("--threads", http.threads, "Threads that serve requests (default: the processors)")
      ->check(CLI::Range(1U, 64U))
      ->type_name("N")
      ->group(kGroup);
  verb.add_option("--connections-max", http.connections_max, "Connections at a time")
      ->check(CLI::PositiveNumber)
      ->type_name("N")
      ->capture_default_str()
      ->group(kGroup);
  verb.add_option("--memory-max", arguments.memory_max_mb, "Memory of requests under way, in MiB")
      ->check(CLI::Range(16U, 65536U))
      ->type_name("MIB")
      ->capture_default_str()
      ->group(kGroup);
}

void add_delivery_options(CLI::App& verb, ServeArguments& arguments) {
  constexpr const char* kGroup = "Delivery";
  add_delivery_target_options(verb, "--store", kGroup, arguments.service.target);
  verb.add_option("--buffer-size", arguments.object_size_mb,
                  "Size at which an object is delivered, in MiB before gzip")
      ->check(CLI::Range(1U, 4096U))
      ->type_name("MIB")
      ->capture_default_str()
      ->group(kGroup);
  verb.add_option("--buffer-interval", arguments.object_seconds, "Age at which it is delivered, in seconds")
      ->check(CLI::Range(1U, 86400U))
      ->type_name("SECONDS")
      ->capture_default_str()
      ->group(kGroup);
  verb.add_option("--spool-max", arguments.spool_max_mb, "What may wait on disk for the store, in MiB")
      ->check(CLI::Range(16U, 1U << 30))
      ->type_name("MIB")
      ->capture_default_str()
      ->group(kGroup);
  verb.add_option("--stop-time", arguments.stop_seconds,
                  "How long a stop may take to deliver what is left, in seconds")
      ->type_name("SECONDS")
      ->capture_default_str()
      ->group(kGroup);
}

void add_alert_options(CLI::App& verb, ServeArguments& arguments) {
  constexpr const char* kGroup = "Alerts";
  verb.add_option(
          "--alert", arguments.service.alerts.sinks,
          "Notify of matches: sns:ARN, an https URL, file:PATH or exec:PROGRAM; may be given several times")
      ->type_name("URI")
      ->take_all()
      ->group(kGroup);
  verb.add_option("--alert-mode", arguments.alert_mode, "A notification for each match, or digests")
      ->check(CLI::IsMember({"each", "digest"}))
      ->capture_default_str()
      ->group(kGroup);
  verb.add_option("--alert-window", arguments.alert_window_seconds, "What a digest is about, in seconds")
      ->check(CLI::Range(1U, 86400U))
      ->type_name("SECONDS")
      ->capture_default_str()
      ->group(kGroup);
  verb.add_option("--alert-limit", arguments.alert_limit,
                  "Notifications a minute and sink; what is more is told in summaries (0: no limit)")
      ->type_name("N")
      ->capture_default_str()
      ->group(kGroup);
}

void add_dashboard_options(CLI::App& verb, ServeArguments& arguments) {
  constexpr const char* kGroup = "Dashboard";
  verb.add_option(
          "--dashboard-password-hash", arguments.service.dashboard_password_hash,
          "Who sees the dashboard must know this password, as --hash-password prints it; needed on any "
          "other address than a loopback one")
      ->type_name("HASH")
      ->group(kGroup);
  verb.add_option("--dashboard-tokens", arguments.service.dashboard_tokens_file,
                  "Tokens that do as well: at the log-in, or as Authorization: Bearer; one a line")
      ->type_name("FILE")
      ->group(kGroup);
  verb.add_flag("--hash-password", arguments.hash_password,
                "Only read a password from standard input and print its hash")
      ->group(kGroup);
}

}  // namespace

void add_serve_command(CLI::App& app, const CommonOptions& common, Action& action) {
  auto arguments = std::make_shared<ServeArguments>();
  arguments->service.http.threads = 0;
  CLI::App* verb = app.add_subcommand("serve", "Take records over HTTP, mark them, deliver them to a store");
  verb->add_option("--match", arguments->match, "By first-level domain, or by the most specific listed name")
      ->check(CLI::IsMember({"registered", "listed"}))
      ->capture_default_str();
  verb->add_flag("--annotate", arguments->service.ingest.annotate,
                 "Add registeredDomain, and match to what matched");
  verb->add_flag("--check-config", arguments->check_config, "Only tell whether the service would start so");
  add_network_options(*verb, *arguments);
  add_delivery_options(*verb, *arguments);
  add_alert_options(*verb, *arguments);
  add_dashboard_options(*verb, *arguments);
  verb->callback(
      [&common, &action, arguments] { action = [&common, arguments] { return serve(common, *arguments); }; });
}

}  // namespace querymark
