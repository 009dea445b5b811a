// SPDX-License-Identifier: Apache-2.0
#include "cli/manual.h"

#include <string_view>

namespace querymark {
namespace {

constexpr std::string_view kHead = R"(.SH NAME
querymark \- mark DNS query logs by a table of interesting domains
.SH SYNOPSIS
.B querymark
.I verb
[\fIoption\fR...] [\fIargument\fR...]
.SH DESCRIPTION
.B querymark
reads query logs of Amazon Route 53 Resolver and writes each record on, unchanged but for one member:
.B \(dqisMatchedDomain\(dq:\(dqY\(dq
where the table of interesting domains holds the first-level domain of the name that was asked for, else
.BR \(dqN\(dq .
The first-level domain is found by the Public Suffix List.
.PP
Data goes to standard output, everything else to standard error.
)";

constexpr std::string_view kTail = R"(.SH CONFIGURATION
Every long option may stand in a TOML file under its name, those of a verb in a table of the verb's name.
The command line wins, then
.IR $XDG_CONFIG_HOME/querymark/querymark.toml ,
then
.IR /etc/querymark/querymark.toml .
.SH ENVIRONMENT
.TP
.B QUERYMARK_HOME
Folder of the table and the store, where
.B \-\-home
is not given. Without either it is
.I querymark
in the XDG data folder.
.SH EXIT STATUS
.TP
.B 0
Done.
.TP
.B 1
Failed.
.TP
.B 2
Wrong usage.
.TP
.B 3
Done, with rejected records.
)";

// Hyphens of options are to be copied as they are; a dot or quote at a line's begin would be a request.
std::string roff(std::string_view text) {
  std::string escaped;
  if (text.starts_with('.') || text.starts_with('\'')) escaped = "\\&";
  for (const char c : text) {
    if (c == '-' || c == '\\') escaped += '\\';
    escaped += c;
  }
  return escaped;
}

void append_option(std::string& page, const VerbOption& option) {
  page.append(".TP\n\\fB").append(roff(option.name)).append("\\fR");
  if (!option.value.empty()) page.append(" \\fI").append(roff(option.value)).append("\\fR");
  page.append("\n").append(roff(option.description)).append(".\n");
}

void append_verb(std::string& page, const Verb& verb) {
  page.append(".SS querymark ").append(roff(verb.path));
  if (!verb.positionals.empty()) page.append(" ").append(roff(verb.positionals));
  page.append("\n").append(roff(verb.description)).append(".\n");
  for (const VerbOption& option : verb.options) {
    if (option.name != "--help") append_option(page, option);
  }
}

}  // namespace

std::string manual_page(const std::vector<Verb>& verbs, const std::string& version) {
  std::string page = ".TH QUERYMARK 1 \"\" \"querymark " + version + "\"\n";
  page.append(kHead);
  page += ".SH VERBS\n";
  for (const Verb& verb : verbs) {
    if (!verb.path.empty() && verb.verbs.empty()) append_verb(page, verb);
  }
  page += ".SH COMMON OPTIONS\nEvery verb understands these.\n";
  for (const VerbOption& option : verbs.front().options) append_option(page, option);
  return page.append(kTail);
}

}  // namespace querymark
