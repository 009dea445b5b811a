// SPDX-License-Identifier: Apache-2.0
#include "cli/delivery_options.h"

#include <CLI/CLI.hpp>

namespace querymark {

void add_delivery_target_options(CLI::App& verb, const std::string& store_option, const std::string& group,
                                 DeliveryTarget& target) {
  verb.add_option(store_option, target.store,
                  "Where objects go: dir:PATH or s3://BUCKET/PREFIX (default: the folder store in the home)")
      ->type_name("URI")
      ->group(group);
  verb.add_option("--stream", target.stream, "Name of the delivery stream, with which objects' names begin")
      ->type_name("NAME")
      ->capture_default_str()
      ->group(group);
  verb.add_option("--prefix", target.prefix, "Prefix of objects' keys, with expressions as Firehose's")
      ->type_name("PREFIX")
      ->capture_default_str()
      ->group(group);
  verb.add_option("--error-prefix", target.error_prefix, "Prefix of objects with what could not be marked")
      ->type_name("PREFIX")
      ->capture_default_str()
      ->group(group);
}

}  // namespace querymark
