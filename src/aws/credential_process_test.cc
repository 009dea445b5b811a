// SPDX-License-Identifier: Apache-2.0
#include "aws/credential_process.h"

#include <gtest/gtest.h>

#include <chrono>

namespace querymark {
namespace {

std::string words(std::string_view line) {
  const Result<std::vector<std::string>> split = split_command(line);
  if (!split) return split.error().detail;
  std::string text;
  for (const std::string& word : *split) text += "<" + word + ">";
  return text;
}

std::string run(const std::string& command, Deadline deadline = Deadline::never()) {
  const Result<Credentials> credentials = run_credential_process(command, deadline);
  if (!credentials) return credentials.error().detail;
  return credentials->access_key_id + "|" + credentials->secret_access_key + "|" + credentials->session_token;
}

TEST(CredentialProcess, TheLineIsCutIntoWordsWithoutAShell) {
  EXPECT_EQ(words(" a  b\tc "), "<a><b><c>");
  EXPECT_EQ(words(R"("a b" 'c "d' e"f g"h)"), R"(<a b><c "d><ef gh>)");
  EXPECT_EQ(words(R"(a\ b "c\"d" 'e\f')"), R"(<a b><c"d><e\f>)");
  EXPECT_EQ(words("a '' b"), "<a><><b>");
  EXPECT_EQ(words("a; b | c $HOME"), "<a;><b><|><c><$HOME>");
  EXPECT_EQ(words("a 'b"), "credential_process: quotes do not close");
  EXPECT_EQ(words("  "), "credential_process: no program");
}

TEST(CredentialProcess, ItsOutputIsTheCredentials) {
  EXPECT_EQ(run(R"(echo '{"Version":1,"AccessKeyId":"A","SecretAccessKey":"S","SessionToken":"T"}')"),
            "A|S|T");
}

TEST(CredentialProcess, EveryFailureIsAnErrorWithoutItsOutput) {
  EXPECT_EQ(run("false"), "credential_process false failed with exit status 1");
  EXPECT_EQ(run("sh -c 'kill -9 $$'"), "credential_process sh was killed by a signal");
  EXPECT_EQ(run("no-such-program-anywhere"),
            "credential_process no-such-program-anywhere: No such file or directory");
  EXPECT_EQ(run("echo SECRET"), "credential_process echo: not JSON");
  EXPECT_EQ(run(R"(echo '{"Version":2,"AccessKeyId":"A","SecretAccessKey":"S"}')"),
            "credential_process echo: version 2");
  EXPECT_EQ(run("head -c 100000 /dev/zero"), "credential_process head: output too long");
}

TEST(CredentialProcess, OneThatHangsIsStopped) {
  const auto began = std::chrono::steady_clock::now();
  EXPECT_EQ(run("sleep 60", Deadline::after(std::chrono::milliseconds(50))),
            "credential_process sleep: no answer in time");
  EXPECT_LT(std::chrono::steady_clock::now() - began, std::chrono::seconds(10));
}

}  // namespace
}  // namespace querymark
