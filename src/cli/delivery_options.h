// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "delivery/delivery_target.h"

namespace CLI {
class App;
}

namespace querymark {

// The options of verbs that deliver: `store_option` is what the store's is called, as "--store". `group`: the heading
// they stand under in the help.
void add_delivery_target_options(CLI::App& verb, const std::string& store_option, const std::string& group,
                                 DeliveryTarget& target);

}  // namespace querymark
