// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>

#include "service/http_exchange.h"

namespace querymark {

// A file of the dashboard's page (dashboard_assets.h); nothing where the path names none. A browser that has
// it already is told 304.
std::optional<HttpReply> page_reply(const HttpHead& head);

// Headers of every reply of the dashboard: it loads nothing from elsewhere, runs no script and applies no
// style but its files', and stands in no frame.
void add_security_headers(HttpReply& reply);

}  // namespace querymark
