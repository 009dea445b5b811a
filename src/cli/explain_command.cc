// SPDX-License-Identifier: Apache-2.0
// querymark explain NAME…: why names match or do not.
#include <CLI/CLI.hpp>
#include <memory>
#include <optional>
#include <vector>

#include "cli/domains_command.h"
#include "cli/output_stream.h"
#include "domains/explanation.h"
#include "domains/explanation_text.h"
#include "import/marking_table.h"

namespace querymark {
namespace {

struct ExplainArguments {
  std::vector<std::string> names;
  std::string match = "both";
  std::string format = "text";
};

std::vector<MatchMode> modes_of(const ExplainArguments& arguments) {
  if (const std::optional<MatchMode> mode = parse_match_mode(arguments.match)) return {*mode};
  return {MatchMode::kRegistered, MatchMode::kListed};
}

bool is_failed(const Explanation& explanation) {
  return explanation.registered.verdict == DomainMatch::Verdict::kFailed ||
         explanation.listed.verdict == DomainMatch::Verdict::kFailed;
}

ExitStatus run_explain(const CommonOptions& common, const ExplainArguments& arguments) {
  const Result<SuffixTable> suffixes = common.load_suffixes();
  if (!suffixes) return fail(suffixes.error());
  AwsAccess aws;
  const Result<MarkingTable> lookup = MarkingTable::open(common.table_uri, common.home, *suffixes, aws);
  if (!lookup) return fail(lookup.error());
  std::optional<RunTable> table;  // a list has none
  if (!common.table_uri.starts_with("list:")) {
    Result<RunTable> opened = open_run_table(common, TableAccess::kRead, *suffixes, aws);
    if (!opened) return fail(opened.error());
    table = *std::move(opened);
  }
  const std::unique_ptr<DomainLookup> registered = lookup->make(MatchMode::kRegistered);
  const std::unique_ptr<DomainLookup> listed = lookup->make(MatchMode::kListed);
  const ExplainedTable explained{*registered, *listed, table ? &**table : nullptr};

  OutputStream out;
  ExitStatus status = ExitStatus::kDone;
  const std::vector<MatchMode> modes = modes_of(arguments);
  for (const std::string& name : arguments.names) {
    const Result<Explanation> explanation = explain_name(name, *suffixes, explained);
    if (!explanation) return fail(explanation.error());
    out.write_line(arguments.format == "json" ? explanation_json(*explanation, modes)
                                              : explanation_text(*explanation, modes));
    if (!is_failed(*explanation)) continue;
    print_error(name + ": the compiled set is damaged; `querymark domains check` compiles it anew");
    status = ExitStatus::kFailed;
  }
  const Result<void> written = out.finish();
  return written ? status : fail(written.error());
}

}  // namespace

void add_explain_command(CLI::App& app, const CommonOptions& common, Action& action) {
  CLI::App* verb = app.add_subcommand("explain", "Tell why names match or do not");
  auto arguments = std::make_shared<ExplainArguments>();
  verb->add_option("names", arguments->names, "Domain names, in any form a log has")
      ->type_name("NAME")
      ->required();
  verb->add_option("--match", arguments->match, "Verdict of this way of matching only")
      ->check(CLI::IsMember({"both", "registered", "listed"}))
      ->capture_default_str();
  verb->add_option("--format", arguments->format, "Form of the output")
      ->check(CLI::IsMember({"text", "json"}))
      ->capture_default_str();
  verb->callback([&common, &action, arguments] {
    action = [&common, arguments] { return run_explain(common, *arguments); };
  });
}

}  // namespace querymark
