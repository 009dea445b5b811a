// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <span>
#include <string>

#include "domains/explanation.h"

// An explanation as it is shown.
namespace querymark {

// name                www.evil.co.uk
// suffix rule         co.uk (ICANN section)
// first-level domain  evil.co.uk
// registered          Y, by evil.co.uk in fake
// listed              N
// entry               evil.co.uk  list fake, exact, kept registered, seen 2026-10-22
std::string explanation_text(const Explanation& explanation, std::span<const MatchMode> modes);
std::string explanation_json(const Explanation& explanation, std::span<const MatchMode> modes);

// "Y, by evil.com in fake, manual", "N", "N: allowed by good.com in manual"
std::string verdict_text(const ExplainedMatch& match);

}  // namespace querymark
