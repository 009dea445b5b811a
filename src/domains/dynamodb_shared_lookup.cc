// SPDX-License-Identifier: Apache-2.0
#include "domains/dynamodb_shared_lookup.h"

#include <algorithm>
#include <ctime>
#include <deque>

namespace querymark {
namespace {

constexpr std::chrono::seconds kFailureTime(10);

}  // namespace

// What its own last batch was answered, kept: others' batches may push it out of the cache.
class DynamoDbSharedLookup::View final : public DomainLookup {
 public:
  explicit View(DynamoDbSharedLookup& shared) : shared_(shared) {}

  Result<void> find(std::span<const DomainQuery> queries, std::span<DomainMatch> answers) override {
    const std::lock_guard lock(shared_.mutex_);
    if (Result<void> found = shared_.find(queries, answers); !found) return found;
    kept_.clear();
    for (DomainMatch& answer : answers) {
      if (answer.entry.empty()) continue;
      kept_.push_back({std::string(answer.entry), shared_.lookup_.list_names(answer)});
      answer.entry = kept_.back().entry;
      answer.lists = static_cast<uint32_t>(kept_.size() - 1);
    }
    return {};
  }

  std::vector<std::string> list_names(const DomainMatch& match) const override {
    return match.entry.empty() ? std::vector<std::string>() : kept_[match.lists].lists;
  }

 private:
  struct Kept {
    std::string entry;
    std::vector<std::string> lists;
  };
  DynamoDbSharedLookup& shared_;
  std::deque<Kept> kept_;  // its elements stay where they are
};

std::unique_ptr<DomainLookup> DynamoDbSharedLookup::make() {
  return std::make_unique<View>(*this);
}

Result<void> DynamoDbSharedLookup::find(std::span<const DomainQuery> queries,
                                        std::span<DomainMatch> answers) {
  lookup_.begin(std::time(nullptr));
  Result<void> found = lookup_.find(queries, answers);
  const bool whole = std::none_of(answers.begin(), answers.end(), [](const DomainMatch& match) {
    return match.verdict == DomainMatch::Verdict::kFailed;
  });
  if (!found || whole) return found;
  Result<void> fetched = fetch();
  return fetched ? lookup_.find(queries, answers) : fetched;
}

Result<void> DynamoDbSharedLookup::fetch() {
  if (Result<void> failed = failed_just_now(); !failed) return failed;
  const Deadline deadline =
      patience_.timeout.count() == 0 ? Deadline::never() : Deadline::after(patience_.timeout);
  Result<void> fetched = lookup_.fetch(deadline);
  const std::lock_guard lock(failure_mutex_);
  failure_.reset();
  if (fetched) return fetched;
  failure_ = fetched.error();
  failed_at_ = Clock::now();
  ++failures_;
  return fetched;
}

Result<void> DynamoDbSharedLookup::failed_just_now() {
  const std::lock_guard lock(failure_mutex_);
  if (!failure_ || Clock::now() >= failed_at_ + patience_.pause) return {};
  ++failures_;
  return *failure_;
}

uint64_t DynamoDbSharedLookup::failures() const {
  const std::lock_guard lock(failure_mutex_);
  return failures_;
}

std::optional<Error> DynamoDbSharedLookup::failure() const {
  const std::lock_guard lock(failure_mutex_);
  return Clock::now() < failed_at_ + kFailureTime ? failure_ : std::nullopt;
}

}  // namespace querymark
