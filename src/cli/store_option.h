// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "base/result.h"

namespace CLI {
class App;
}

// --store: which store's logs a verb works on, the part of the prefix before its date.
namespace querymark {

void add_store_option(CLI::App& verb, std::string& uri);

// The folder that a store's URI names, absolute: dir:PATH, or the home's own where it is empty.
Result<std::string> store_folder(const std::string& uri, const std::string& home);

}  // namespace querymark
