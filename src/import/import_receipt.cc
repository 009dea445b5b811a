// SPDX-License-Identifier: Apache-2.0
#include "import/import_receipt.h"

#include <nlohmann/json.hpp>

namespace querymark {
namespace {

using Json = nlohmann::ordered_json;

// Texts of lists may be any bytes: what is no UTF-8 becomes U+FFFD.
std::string dump(const Json& json) {
  return json.dump(-1, ' ', false, Json::error_handler_t::replace);
}

Json sources_json(const ImportSummary& summary) {
  Json sources = Json::array();
  for (const ImportedSource& source : summary.sources) {
    sources.push_back({{"source", source.name},
                       {"format", to_string(source.format)},
                       {"format_reason", source.format_reason}});
  }
  return sources;
}

Json outcome_json(const ImportOutcome& outcome) {
  const ImportSummary& summary = outcome.summary;
  Json json = {{"list", summary.list}, {"sources", sources_json(summary)}};
  if (!outcome.failure.empty()) {
    json["error"] = outcome.failure;
    return json;
  }
  json["lines"] = summary.lines;
  json["names_found"] = summary.names_found;
  json["new"] = summary.table.added;
  json["already_there"] = summary.table.already_there;
  json["removed"] = summary.table.removed;
  Json skipped = Json::object();
  for (size_t i = 0; i < kSkipReasonCount; ++i)
    skipped[std::string(to_string(static_cast<SkipReason>(i)))] = summary.skipped[i];
  json["skipped"] = std::move(skipped);
  json["public_suffixes"] = summary.public_suffixes;
  json["only_listed"] = summary.only_listed;
  return json;
}

}  // namespace

Result<ImportReceipt> ImportReceipt::create(const std::string& path) {
  Result<UniqueFd> fd = open_for_writing(path);
  if (!fd) return fd.error();
  return ImportReceipt(*std::move(fd), path);
}

ImportReceipt ImportReceipt::in_memory(size_t size_max) {
  ImportReceipt receipt{UniqueFd(), ""};
  receipt.size_max_ = size_max;
  return receipt;
}

void ImportReceipt::skip(std::string_view source, const ListSkip& skip) {
  append(dump(
      {{"source", source}, {"line", skip.line}, {"text", skip.text}, {"reason", to_string(skip.reason)}}));
}

void ImportReceipt::warn(std::string_view source, uint64_t line, std::string_view text,
                         std::string_view warning) {
  append(dump({{"source", source}, {"line", line}, {"text", text}, {"warning", warning}}));
}

Result<void> ImportReceipt::finish(std::string_view summary_json) {
  std::string line = "{\"summary\":" + std::string(summary_json);
  if (lines_left_out_ > 0) line += ",\"lines_left_out\":" + std::to_string(lines_left_out_);
  buffer_.append(line).append("}\n");
  if (!size_max_) flush();
  return status_;
}

void ImportReceipt::append(std::string_view line) {
  constexpr size_t kBufferSize = size_t{64} << 10;
  if (size_max_ && (lines_left_out_ > 0 || buffer_.size() + line.size() >= *size_max_)) {
    ++lines_left_out_;
    return;
  }
  buffer_.append(line).append("\n");
  if (!size_max_ && buffer_.size() >= kBufferSize) flush();
}

void ImportReceipt::flush() {
  if (status_) status_ = write_all(fd_.get(), buffer_, path_);
  buffer_.clear();
}

std::string import_summary_json(std::span<const ImportOutcome> outcomes) {
  Json lists = Json::array();
  for (const ImportOutcome& outcome : outcomes) lists.push_back(outcome_json(outcome));
  return dump({{"lists", std::move(lists)}});
}

}  // namespace querymark
