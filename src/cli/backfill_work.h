// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "aws/aws_access.h"
#include "cli/console.h"
#include "delivery/backfill_checkpoint.h"
#include "delivery/backfill_source.h"

namespace CLI {
class App;
}

// What backfill and redrive share: which objects there are, which of them are done, and telling how it goes.
namespace querymark {

struct SourceArguments {
  std::vector<std::string> from;
  std::string since;
  std::string until;
  bool restart = false;
};

void add_source_options(CLI::App& verb, const std::string& what, SourceArguments& arguments);

struct BackfillWork {
  BackfillCheckpoint checkpoint;
  std::vector<BackfillSource> sources;  // to be done
  size_t done_before = 0;
  const S3* s3 = nullptr;  // reads the sources that lie there
};

// `destination`: what has been brought to another one has not been brought to this. `aws` must outlive it.
Result<BackfillWork> find_backfill_work(const SourceArguments& arguments, const std::string& home,
                                        const std::string& destination, AwsAccess& aws);

// How a run gets on, told on stderr.
class BackfillProgress {
 public:
  explicit BackfillProgress(std::span<const BackfillSource> sources);

  // `doing`: what a run does with its records, as "12 records, 1 matched".
  void draw(uint64_t sources_done, uint64_t bytes_done, const std::string& doing);
  // The first few are shown.
  void tell_failure(const std::string& what);
  void end() { line_.clear(); }
  double seconds() const;

 private:
  size_t sources_;
  uint64_t bytes_ = 0;
  uint64_t failures_ = 0;
  std::chrono::steady_clock::time_point begin_ = std::chrono::steady_clock::now();
  ProgressLine line_;
};

}  // namespace querymark
