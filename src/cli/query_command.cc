// SPDX-License-Identifier: Apache-2.0
// querymark query: SQL over marked logs.
#include <sys/wait.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <memory>

#include "base/file.h"
#include "cli/command.h"
#include "cli/output_stream.h"
#include "cli/store_option.h"
#include "query/questions.h"
#include "query/row_text.h"

namespace querymark {
namespace {

namespace fs = std::filesystem;

constexpr uint64_t kMebibyte = uint64_t{1} << 20;

struct QueryArguments {
  std::string question;
  std::string store;
  std::string format;
  std::string output = "-";
  std::vector<std::string> parameters;
  uint64_t cache_max_mb = S3StoreCache::kSizeMax >> 20;
  bool list = false;
};

Result<SqlQuestion> read_question(const QueryArguments& arguments) {
  SqlQuestion question{arguments.question, {}};
  if (const std::optional<SavedQuestion> saved = find_question(arguments.question))
    question.text = saved->text;
  for (const std::string& parameter : arguments.parameters) {
    const size_t equals = parameter.find('=');
    if (equals == std::string::npos || equals == 0)
      return Error::invalid("--param " + parameter + ": NAME=VALUE is wanted here");
    question.parameters[parameter.substr(0, equals)] = parameter.substr(equals + 1);
  }
  return question;
}

// Where lines go: standard output, or the user's pager in front of it.
class Lines {
 public:
  explicit Lines(bool paged) {
    if (!paged) return;
    const char* pager = std::getenv("PAGER");
    pager_ = ::popen(pager == nullptr || *pager == '\0' ? "less -FRSX" : pager, "w");
  }
  Lines(const Lines&) = delete;
  Lines& operator=(const Lines&) = delete;
  ~Lines() {
    if (pager_ != nullptr) ::pclose(pager_);
  }

  Result<void> write(std::string_view line) {
    if (pager_ == nullptr) {
      out_.write_line(line);
      return out_.failed() ? out_.finish() : Result<void>();
    }
    if (std::fwrite(line.data(), 1, line.size(), pager_) == line.size() && std::fputc('\n', pager_) != EOF)
      return {};
    return Error::from_errno(errno, "write to the pager");
  }
  Result<void> finish() { return pager_ == nullptr ? out_.finish() : Result<void>(); }

 private:
  FILE* pager_ = nullptr;
  OutputStream out_;
};

Result<uint64_t> print_rows(SqlDatabase& database, const SqlQuestion& question, const std::string& format) {
  Lines lines(format == "table" && ::isatty(STDOUT_FILENO) != 0);
  const LineFunction write = [&lines](std::string_view line) { return lines.write(line); };
  Result<uint64_t> rows = uint64_t{0};
  if (format == "json") {
    JsonRows sink(write);
    rows = database.select(question, SqlForm::kJson, sink);
  } else if (format == "csv") {
    CsvRows sink(write);
    rows = database.select(question, SqlForm::kCells, sink);
  } else {
    TableRows sink(write);
    rows = database.select(question, SqlForm::kCells, sink);
    const Result<void> finished = rows ? sink.finish() : Result<void>();
    if (!finished) return finished.error();
  }
  const Result<void> finished = lines.finish();
  return finished || !rows ? rows : finished.error();
}

// The file appears whole or not at all.
Result<uint64_t> write_parquet(SqlDatabase& database, const SqlQuestion& question, const std::string& path,
                               const std::string& unfinished) {
  Result<uint64_t> rows = database.select_into_parquet(question, unfinished);
  std::error_code code;
  if (rows) fs::rename(unfinished, path, code);
  if (rows && code) rows = Error::from_errno(code.value(), "rename " + unfinished + " to " + path);
  if (!rows) fs::remove(unfinished, code);
  return rows;
}

ExitStatus list_questions() {
  OutputStream out;
  for (const SavedQuestion& question : saved_questions())
    out.write_line(std::string(question.name) +
                   std::string(18 - std::min<size_t>(question.name.size(), 17), ' ') +
                   std::string(question.description()));
  const Result<void> written = out.finish();
  return written || written.error().code == Errc::kClosed ? ExitStatus::kDone : fail(written.error());
}

void say_what_is_fetched(size_t objects, uint64_t bytes) {
  print_info("fetching " + grouped(objects) + (objects == 1 ? " object, " : " objects, ") +
             grouped((bytes + kMebibyte - 1) / kMebibyte) + " MiB");
}

ExitStatus query(const CommonOptions& common, const QueryArguments& arguments) {
  if (arguments.list) return list_questions();
  const auto begin = std::chrono::steady_clock::now();
  std::string format = arguments.format;
  if (format.empty()) format = ::isatty(STDOUT_FILENO) != 0 ? "table" : "csv";
  std::optional<std::string> unfinished;
  if (format == "parquet") {
    if (arguments.output == "-")
      return fail(Error::invalid("--format parquet wants --output FILE")), ExitStatus::kUsage;
    unfinished = fs::absolute(arguments.output + ".tmp." + std::to_string(::getpid()));
  }
  const Result<SqlQuestion> question = read_question(arguments);
  if (!question) return fail(question.error());
  AwsAccess aws;
  const Result<LogStore> store =
      open_log_store(arguments.store, common.home, arguments.cache_max_mb << 20, aws);
  if (!store) return fail(store.error());
  const Result<SuffixTable> suffixes = common.load_suffixes();
  if (!suffixes) return fail(suffixes.error());
  Result<OpenedLogStore> opened = store->open(
      *question, *suffixes, {.writable_file = unfinished, .observer = {.on_fetch = say_what_is_fetched}});
  if (!opened) return fail(opened.error());
  if (opened->is_empty) print_warning("there are no logs below " + arguments.store);
  const Result<uint64_t> rows =
      unfinished ? write_parquet(opened->database, *question, arguments.output, *unfinished)
                 : print_rows(opened->database, *question, format);
  if (!rows) return rows.error().code == Errc::kClosed ? ExitStatus::kDone : fail(rows.error());
  const std::chrono::duration<double> took = std::chrono::steady_clock::now() - begin;
  char seconds[32];
  std::snprintf(seconds, sizeof seconds, "%.2f s", took.count());
  print_info(grouped(*rows) + (*rows == 1 ? " row, " : " rows, ") + seconds);
  return ExitStatus::kDone;
}

}  // namespace

void add_query_command(CLI::App& app, const CommonOptions& common, Action& action) {
  CLI::App* verb = app.add_subcommand("query", "Ask marked logs by SQL: the table is route53query");
  auto arguments = std::make_shared<QueryArguments>();
  CLI::Option* question =
      verb->add_option("question", arguments->question, "SQL, or the name of a saved question")
          ->type_name("SQL|NAME");
  add_store_option(*verb, arguments->store);
  verb->add_option("--format", arguments->format,
                   "Form of the output (default: table on a terminal, else csv)")
      ->check(CLI::IsMember({"table", "csv", "json", "parquet"}));
  verb->add_option("--output", arguments->output, "File for --format parquet")->type_name("FILE");
  verb->add_option("--param", arguments->parameters,
                   "Value of $NAME in the question; may be given several times")
      ->type_name("NAME=VALUE");
  verb->add_option("--cache-max", arguments->cache_max_mb,
                   "What of a store in S3 may lie in the home's cache, in MiB")
      ->type_name("MIB")
      ->capture_default_str();
  CLI::Option* list = verb->add_flag("--list", arguments->list, "List the saved questions");
  verb->callback([&common, &action, arguments, question, list] {
    if (question->count() + list->count() == 0) throw CLI::RequiredError("a question (or --list)");
    action = [&common, arguments] { return query(common, *arguments); };
  });
}

}  // namespace querymark
