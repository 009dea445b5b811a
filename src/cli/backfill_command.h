// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "cli/backfill_work.h"
#include "cli/command.h"
#include "delivery/delivery_target.h"

namespace querymark {

struct BackfillArguments {
  SourceArguments source;
  DeliveryTarget target;
  std::string match = "registered";
  bool annotate = false;
  unsigned threads = 0;
  std::string alert;
};

void add_marking_options(CLI::App& verb, BackfillArguments& arguments);

// Marks the sources into the target's store.
ExitStatus backfill(const CommonOptions& common, const BackfillArguments& arguments);

}  // namespace querymark
