// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "alert/notification.h"
#include "aws/aws_time.h"
#include "base/result.h"
#include "domains/sqlite_database.h"

// What an outbox (alert/outbox.h) holds that has not reached its sink, for people to look at and to send
// again: also while a service has the outbox open.
namespace querymark {

// What a sink said that it would never take.
struct RefusedAlert {
  int64_t number = 0;
  SystemTime refused;
  std::string sink;
  std::string reason;
  Notification notification;
};

// Keeps it.
Result<void> insert_refused(const SqliteDatabase& outbox, const RefusedAlert& alert);

class UndeliveredAlerts {
 public:
  // kNotFound where there is no such file.
  static Result<UndeliveredAlerts> open(const std::string& path);

  struct WaitingSink {
    std::string name;
    uint64_t matches;
    std::optional<SystemTime> oldest;  // none where none waits
  };
  Result<std::vector<WaitingSink>> waiting() const;

  // With numbers above `after`, in their order. `sink`: of this one; empty: of all.
  Result<std::vector<RefusedAlert>> refused(std::string_view sink, int64_t after, size_t count_max) const;
  Result<void> remove_refused(int64_t number) const;

 private:
  explicit UndeliveredAlerts(SqliteDatabase database) : database_(std::move(database)) {}
  SqliteDatabase database_;
};

}  // namespace querymark
