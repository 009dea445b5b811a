// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>

// Prometheus' text form, version 0.0.4.
//
//   MetricsText text;
//   text.family("querymark_records_total", "counter", "Records by what became of them.");
//   text.sample("result", "matched", 12);
//   -> # HELP querymark_records_total Records by what became of them.
//      # TYPE querymark_records_total counter
//      querymark_records_total{result="matched"} 12
namespace querymark {

class MetricsText {
 public:
  static constexpr std::string_view kContentType = "text/plain; version=0.0.4";

  // What the samples that follow belong to. `type`: counter or gauge.
  void family(std::string_view name, std::string_view type, std::string_view help);
  void sample(double value);
  void sample(std::string_view label, std::string_view label_value, double value);

  // A family of one sample.
  void counter(std::string_view name, std::string_view help, double value);
  void gauge(std::string_view name, std::string_view help, double value);

  std::string take() { return std::move(text_); }

 private:
  void append_value(double value);

  std::string name_;
  std::string text_;
};

}  // namespace querymark
