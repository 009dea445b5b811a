// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

// Finds the records in a stream's bytes: where each begins and ends, where its query_name stands, and what is
// no record and why. One pass over the bytes, by vectors; nothing is copied, nothing is allocated.
//
//   {"query_name":"www.evil.com.","rcode":"NOERROR"}\n{"message":"…"}\n{"query_na\n
//   -> record [0,48) name [15,28)   envelope [49,64)   rejected [65,75): a control character in a string
//
// Accepted between records: blanks, line breaks of any kind, nothing at all; byte order marks, which files
// joined into one stream bring with them. A record may stand on several lines. Each record is checked in
// full: strings, the form of escapes, brackets, commas and colons, depth <= kRecordDepthMax; the grammar of
// numbers and literals and the validity of UTF-8 are not.
//
// What is no record is one item: of a text that begins without `{`, its line (up to an object on it); of an
// object that goes wrong on its first line, the rest of that line; of one that goes wrong on a later line,
// all up to the next line that begins with `{`, be it before or behind that place: a bracket left open takes
// no good record with it. Blanks at an item's end are not part of it. Where the stream is cut into chunks
// changes nothing (but how much of an item over kRecordSizeMax is given).
//
// Threads: one scanner serves one thread.
namespace querymark {

inline constexpr size_t kRecordSizeMax = size_t{16} << 20;
inline constexpr size_t kRecordDepthMax = 1024;
// Bytes that must be readable behind a chunk; their values do not matter.
inline constexpr size_t kScanPadding = 128;

enum class RecordKind : uint8_t {
  kRecord,    // an object with a string query_name at its top level
  kEnvelope,  // an object without query_name, but with `message`, `rawData` or `logEvents`: see
              // codec/envelope.h
  kRejected,  // anything else
};

enum class RejectReason : uint8_t {
  kNone,
  kNotObject,      // the text begins with something else than `{`
  kNotJson,        // an object that breaks the grammar, at error_at
  kTooDeep,        // over kRecordDepthMax brackets within each other
  kTooLong,        // over kRecordSizeMax bytes
  kCutShort,       // the stream ends inside the record
  kNoQueryName,    // an object without query_name, and no envelope
  kNameNotString,  // query_name is there, but no string
};
std::string_view to_string(RejectReason reason);  // for people: "not JSON", "no query_name", …

// Offsets are into the chunk.
struct ScannedRecord {
  uint32_t begin;  // of the object, or of what is rejected
  uint32_t end;
  uint32_t
      name_begin;  // kRecord: the content of the last top-level query_name, as written between its quotes
  uint32_t name_end;
  uint32_t error_at;  // kRejected: the byte that tells, or the end of a stream that is cut short
  RecordKind kind;
  RejectReason reason;
  bool name_has_escapes;  // JSON escapes stand in the name: see unescape_json()
  // kRecord: line breaks stand between its tokens or one of the members to be written is there already, so
  // that it has to go through splice_record(). Else the new members go before its last byte, and nothing else
  // changes.
  bool needs_splice;
};

struct ScanStep {
  size_t count;     // items written to `out`
  size_t consumed;  // bytes of the chunk that are dealt with
  uint64_t lines;   // line feeds among the consumed
};

// Which members marking writes, and so looks for in what it reads.
enum class MarkMembers : uint8_t {
  kVerdict,    // isMatchedDomain
  kAnnotated,  // and registeredDomain, match
};

class RecordScanner {
 public:
  explicit RecordScanner(MarkMembers members = MarkMembers::kVerdict);

  // The items of `chunk`, which begins between records, in order, until `out` is full or no whole item is
  // left: then the bytes from `consumed` on are the beginning of an item, to be given again with what follows
  // them. `last`: nothing follows; all is consumed. An item of more than kRecordSizeMax bytes is kTooLong and
  // ends with the line that its byte kRecordSizeMax stands on, or with the chunk: then the caller drops what
  // follows up to a line feed. REQUIRES: chunk.size() < 4 GiB, kScanPadding readable bytes behind it, out not
  // empty.
  ScanStep scan(std::string_view chunk, bool last, std::span<ScannedRecord> out);

 private:
  MarkMembers members_;
};

}  // namespace querymark
