// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <string_view>

#include "codec/record_scanner.h"

// One object of a stream, read a byte at a time: the rules of JSON's structure as record_scanner.h states
// them, in full, and where an object breaks them. RecordScanner comes here with what its fast pass does not
// decide.
//
//   {"query_name":"a.","query_name":7} x   ->   whole, ends at 34, query_name is no string
//   {"a":[1,]}                             ->   not JSON at 8
//   {"a":                                  ->   cut at 5
//
// Cost: some 500 MB/s. Threads: pure.
namespace querymark {

enum class ObjectStatus { kWhole, kCut, kBroken };
enum class NameValue { kMissing, kString, kOther };

struct RecordObject {
  ObjectStatus status = ObjectStatus::kCut;
  RejectReason reason = RejectReason::kNone;  // kBroken: kNotJson or kTooDeep
  size_t end = 0;                             // behind the object; of a broken or cut one the byte that tells
  // What stands at its top level, of a whole object.
  NameValue name = NameValue::kMissing;  // of the last query_name
  size_t name_begin = 0;                 // its content between the quotes, or the value that is no string
  size_t name_end = 0;
  bool name_has_escapes = false;
  bool has_payload = false;      // message, rawData or logEvents
  bool has_marks = false;        // a member that marking writes
  bool has_line_breaks = false;  // between its tokens
};

// REQUIRES: text[begin] is `{`.
RecordObject read_object(std::string_view text, size_t begin, MarkMembers members);

}  // namespace querymark
