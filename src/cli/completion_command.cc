// SPDX-License-Identifier: Apache-2.0
// querymark completion SHELL, and the hidden querymark manual: what packages install beside the program.
#include <CLI/CLI.hpp>
#include <cstdio>
#include <memory>

#include "cli/command.h"
#include "cli/completion.h"
#include "cli/manual.h"

namespace querymark {
namespace {

ExitStatus print(const std::string& text) {
  return std::fwrite(text.data(), 1, text.size(), stdout) == text.size() ? ExitStatus::kDone
                                                                         : ExitStatus::kFailed;
}

std::string completion(const std::string& shell, const std::vector<Verb>& verbs) {
  if (shell == "bash") return bash_completion(verbs);
  if (shell == "zsh") return zsh_completion(verbs);
  return fish_completion(verbs);
}

}  // namespace

void add_completion_command(CLI::App& app, Action& action) {
  auto shell = std::make_shared<std::string>();
  CLI::App* verb =
      app.add_subcommand("completion", "Print a script that completes this command line in a shell");
  verb->add_option("SHELL", *shell, "Whose script")
      ->required()
      ->check(CLI::IsMember({"bash", "zsh", "fish"}));
  verb->callback([&app, &action, shell] {
    action = [&app, shell] { return print(completion(*shell, list_verbs(app))); };
  });
}

void add_manual_command(CLI::App& app, Action& action) {
  CLI::App* verb = app.add_subcommand("manual", "Print the manual page")->group("");
  verb->callback([&app, &action] {
    action = [&app] { return print(manual_page(list_verbs(app), QUERYMARK_VERSION)); };
  });
}

}  // namespace querymark
