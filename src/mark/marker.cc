// SPDX-License-Identifier: Apache-2.0
#include "mark/marker.h"

#include <algorithm>
#include <array>
#include <cstring>
#include <span>

#include "codec/envelope.h"
#include "codec/record_splicer.h"
#include "dns/domain_name.h"

namespace querymark {
namespace {

static_assert(ByteBuffer::kPadding >= kScanPadding);

constexpr std::string_view kMatchedTail = ",\"isMatchedDomain\":\"Y\"}\n";
constexpr std::string_view kUnmatchedTail = ",\"isMatchedDomain\":\"N\"}\n";
static_assert(kMatchedTail.size() == kUnmatchedTail.size());
constexpr std::string_view kMatchedMember = kMatchedTail.substr(0, kMatchedTail.size() - 2);
constexpr std::string_view kUnmatchedMember = kUnmatchedTail.substr(0, kUnmatchedTail.size() - 2);

constexpr std::string_view verdict_value(bool matched) {
  return matched ? "\"Y\"" : "\"N\"";
}

}  // namespace

MarkCounts& MarkCounts::operator+=(const MarkCounts& other) {
  records += other.records;
  matched += other.matched;
  unmatched += other.unmatched;
  rejected += other.rejected;
  control += other.control;
  allowed += other.allowed;
  lookups_failed += other.lookups_failed;
  return *this;
}

void MarkedRecords::clear() {
  text.clear();
  matches.clear();
  rejects.clear();
  items.clear();
  counts = MarkCounts();
}

// What is worked on at once, and the buffers that it takes.
struct Marker::Batch {
  explicit Batch(MarkMembers members) : scanner(members) {}

  RecordScanner scanner;
  std::array<ScannedRecord, kBatchSize> items;
  std::array<DomainQuery, kBatchSize> queries;  // of the records among the items, in order
  std::array<DomainMatch, kBatchSize> answers;
  std::array<char, kBatchSize * kNormalizeRoom> names;  // normal forms, one after another
  ByteBuffer copy;                                      // of shared memory
  std::string unescaped;
  std::string match_value;
  std::string domain_value;
};

// One chunk, or one payload of an envelope, on its way through a marker.
class Marker::Run {
 public:
  struct Place {
    uint64_t line = 0;
    uint64_t offset = 0;
  };

  Run(Marker& marker, std::string_view chunk, bool last, MarkedRecords& out, ChunkMemory memory)
      : Run(marker, 0, chunk, last, out) {
    memory_ = memory;
  }

  Step mark() {
    Step total{0, 0};
    for (;;) {
      const ScanStep step = batch_->scanner.scan(chunk_.substr(total.consumed), last_, batch_->items);
      begin_ = counted_ = total.consumed;
      lines_ = total.lines;
      mark_items(std::span(batch_->items).first(step.count));
      total.consumed += step.consumed;
      total.lines += step.lines;
      if (step.count < kBatchSize || out_.rejects.size() > rejects_max_) return total;
    }
  }

 private:
  std::string_view bytes(const ScannedRecord& item) const {
    return chunk_.substr(begin_ + item.begin, item.end - item.begin);
  }

  // One chunk within another: `level` counts them.
  Run(Marker& marker, size_t level, std::string_view chunk, bool last, MarkedRecords& out)
      : marker_(marker), level_(level), chunk_(chunk), last_(last), out_(out) {
    if (marker.batches_.size() <= level) {
      const MarkMembers members = marker.options_.annotate ? MarkMembers::kAnnotated : MarkMembers::kVerdict;
      marker.batches_.push_back(std::make_unique<Batch>(members));
    }
    batch_ = marker.batches_[level].get();
  }

  // Envelopes cut the batch: what they hold has batches of its own. So do copies.
  void mark_items(std::span<const ScannedRecord> items) {
    const auto cuts = [this](const ScannedRecord& item) {
      return item.kind == RecordKind::kEnvelope || wants_copy(item);
    };
    while (!items.empty()) {
      const auto before = static_cast<size_t>(std::find_if(items.begin(), items.end(), cuts) - items.begin());
      look_up(items.first(before));
      write(items.first(before));
      items = items.subspan(before);
      if (items.empty()) return;
      if (memory_ == ChunkMemory::kShared) {
        const auto copied =
            static_cast<size_t>(std::find_if_not(items.begin(), items.end(), cuts) - items.begin());
        mark_copy(items.first(copied));
        items = items.subspan(copied);
        continue;
      }
      open(items.front());
      note(items.front());
      items = items.subspan(1);
    }
  }

  // Whether more is done with an item than to copy its bytes: strings and brackets are gone through on trust
  // that they are as the scanner found them, which shared memory does not deserve.
  bool wants_copy(const ScannedRecord& item) const {
    return memory_ == ChunkMemory::kShared && (item.name_has_escapes || item.needs_splice);
  }

  void mark_copy(std::span<const ScannedRecord> items) {
    const ScannedRecord& first = items.front();
    batch_->copy.clear();
    batch_->copy.append(chunk_.substr(begin_ + first.begin, items.back().end - first.begin));
    Run run(marker_, level_ + 1, batch_->copy.view(), true, out_);
    run.origin_ = place_of(first, first.begin);
    run.mark();
  }

  // Fills the queries and the answers of the records among the items.
  void look_up(std::span<const ScannedRecord> items) {
    size_t count = 0;
    char* room = batch_->names.data();
    for (const ScannedRecord& item : items) {
      if (item.kind != RecordKind::kRecord) continue;
      const std::string_view name(room, normalize_padded_name(query_name(item), room));
      room += name.size();
      batch_->queries[count++] = {name, marker_.suffixes_.registrable_domain(name)};
    }
    if (count == 0) return;
    const std::span<DomainMatch> answers = std::span(batch_->answers).first(count);
    lookup_error_.clear();
    const Result<void> found = marker_.lookup_.find(std::span(batch_->queries).first(count), answers);
    if (found) return;
    lookup_error_ = found.error().detail;
    for (DomainMatch& answer : answers) answer.verdict = DomainMatch::Verdict::kFailed;
  }

  // As its JSON string means it, with readable bytes behind it.
  std::string_view query_name(const ScannedRecord& item) {
    const std::string_view written = chunk_.substr(begin_ + item.name_begin, item.name_end - item.name_begin);
    if (!item.name_has_escapes) return written;
    std::string& name = batch_->unescaped;
    name.clear();
    unescape_json(written, name);
    name.reserve(name.size() + kScanPadding);
    return name;
  }

  void write(std::span<const ScannedRecord> items) {
    size_t record = 0;
    for (const ScannedRecord& item : items) {
      if (item.kind == RecordKind::kRejected) {
        reject(item);
      } else {
        write_answered(item, batch_->queries[record], batch_->answers[record]);
        ++record;
      }
      note(item);
    }
  }

  void note(const ScannedRecord& item) {
    if (level_ > 0 || !marker_.options_.collect_items) return;
    out_.items.push_back({begin_ + item.begin, begin_ + item.end, out_.text.size()});
  }

  void write_answered(const ScannedRecord& item, const DomainQuery& query, const DomainMatch& answer) {
    ++out_.counts.records;
    if (answer.verdict == DomainMatch::Verdict::kFailed) return reject_unanswered(item);
    write_record(item, query, answer);
  }

  void write_record(const ScannedRecord& item, const DomainQuery& query, const DomainMatch& answer) {
    const bool matched = answer.verdict == DomainMatch::Verdict::kInteresting;
    ++(matched ? out_.counts.matched : out_.counts.unmatched);
    if (answer.verdict == DomainMatch::Verdict::kAllowed) ++out_.counts.allowed;
    const size_t begin = out_.text.size();
    if (marker_.options_.annotate) {
      write_annotated(item, query, answer);
    } else if (item.needs_splice) {
      splice(bytes(item), std::array<MemberEdit, 1>{{{"isMatchedDomain", verdict_value(matched)}}});
    } else {
      write_plain(bytes(item), matched ? kMatchedTail : kUnmatchedTail);
    }
    if (matched && marker_.options_.collect_matches)
      out_.matches.push_back(
          {begin, out_.text.size() - 1, std::string(answer.entry), marker_.lookup_.list_names(answer)});
  }

  void write_plain(std::string_view record, std::string_view tail) {
    char* room = out_.text.room(record.size() - 1 + kMatchedTail.size());
    std::memcpy(room, record.data(), record.size() - 1);
    std::memcpy(room + record.size() - 1, tail.data(), kMatchedTail.size());
    out_.text.grow(record.size() - 1 + kMatchedTail.size());
  }

  void write_annotated(const ScannedRecord& item, const DomainQuery& query, const DomainMatch& answer) {
    const bool matched = answer.verdict == DomainMatch::Verdict::kInteresting;
    std::string& domain = batch_->domain_value;
    domain.clear();
    if (query.registrable.empty()) {
      domain = "null";
    } else {
      append_json_string(query.registrable, domain);
    }
    batch_->match_value.clear();
    if (matched) append_match(answer);
    if (item.needs_splice) {
      return splice(bytes(item), std::array<MemberEdit, 3>{{{"isMatchedDomain", verdict_value(matched)},
                                                            {"registeredDomain", domain},
                                                            {"match", batch_->match_value}}});
    }
    const std::string_view record = bytes(item);
    out_.text.append(record.substr(0, record.size() - 1));
    for (const std::string_view piece :
         {matched ? kMatchedMember : kUnmatchedMember, std::string_view(",\"registeredDomain\":"),
          std::string_view(domain)})
      out_.text.append(piece);
    if (matched) {
      out_.text.append(",\"match\":");
      out_.text.append(batch_->match_value);
    }
    out_.text.append("}\n");
  }

  void append_match(const DomainMatch& answer) {
    std::string& value = batch_->match_value;
    value += "{\"entry\":";
    append_json_string(answer.entry, value);
    value += ",\"scope\":\"";
    value += to_string(answer.scope);
    value += "\",\"lists\":[";
    const char* separator = "";
    for (const std::string& list : marker_.lookup_.list_names(answer)) {
      value += separator;
      append_json_string(list, value);
      separator = ",";
    }
    value += "]}";
  }

  void splice(std::string_view record, std::span<const MemberEdit> edits) {
    std::string& line = batch_->unescaped;
    line.clear();
    splice_record(record, edits, line);
    line += '\n';
    out_.text.append(line);
  }

  void open(const ScannedRecord& item) {
    if (depth_ == kEnvelopeDepthMax) return reject(item, "envelopes within each other, too deep");
    const Result<Envelope> envelope = open_envelope(bytes(item));
    if (!envelope) return reject(item, envelope.error().detail);
    if (envelope->kind == Envelope::Kind::kControl) {
      ++out_.counts.records;
      ++out_.counts.control;
      return;
    }
    const MarkCounts counts_before = out_.counts;
    const size_t text_before = out_.text.size();
    const size_t matches_before = out_.matches.size();
    const size_t rejects_before = out_.rejects.size();
    const size_t rejects_max = rejects_before + kEnvelopeRejectsMax;
    const Place place = place_of(item, item.begin);
    for (const std::string& payload : envelope->payloads) {
      Run run(marker_, level_ + 1, payload, true, out_);
      run.depth_ = depth_ + 1;
      run.origin_ = place;
      run.rejects_max_ = rejects_max;
      run.mark();
      if (out_.rejects.size() > rejects_max) break;
    }
    const bool too_many = out_.rejects.size() > rejects_max;
    const bool unanswered = out_.counts.lookups_failed > counts_before.lookups_failed;
    const uint64_t records = out_.counts.records - counts_before.records;
    if (!too_many && records != out_.counts.rejected - counts_before.rejected) return;
    // Nothing in it could be marked, or too much of it could not: it is kept as it came.
    std::string reason = "an envelope that holds no record";
    if (records > 0) reason = "inside it: " + out_.rejects[rejects_before].reason;
    if (too_many) reason += ", and over " + std::to_string(kEnvelopeRejectsMax) + " such";
    out_.text.truncate(text_before);
    out_.matches.resize(matches_before);
    out_.rejects.resize(rejects_before);
    out_.counts = counts_before;
    if (unanswered) ++out_.counts.lookups_failed;
    reject(item, reason);
  }

  void reject(const ScannedRecord& item) {
    add_reject(item, std::string(to_string(item.reason)), item.error_at);
    out_.rejects.back().is_cut =
        item.reason == RejectReason::kTooLong && !last_ && begin_ + item.end == chunk_.size();
  }

  void reject(const ScannedRecord& item, const std::string& reason) { add_reject(item, reason, item.begin); }

  void add_reject(const ScannedRecord& item, std::string reason, uint32_t error_at) {
    ++out_.counts.records;
    ++out_.counts.rejected;
    const Place place = place_of(item, error_at);
    out_.rejects.push_back({std::string(bytes(item)), std::move(reason), place.line, place.offset});
  }

  void reject_unanswered(const ScannedRecord& item) {
    ++out_.counts.rejected;
    ++out_.counts.lookups_failed;
    const Place place = place_of(item, item.begin);
    std::string reason = "the table of interesting domains gave no answer";
    if (!lookup_error_.empty()) reason += ": " + lookup_error_;
    out_.rejects.push_back({std::string(bytes(item)), std::move(reason), place.line, place.offset});
  }

  // Items come in order: lines are counted on from the item before.
  Place place_of(const ScannedRecord& item, uint32_t at) {
    if (depth_ > 0) return origin_;
    const std::string_view before = chunk_.substr(counted_, begin_ + item.begin - counted_);
    lines_ += static_cast<uint64_t>(std::count(before.begin(), before.end(), '\n'));
    counted_ += before.size();
    return {origin_.line + lines_, origin_.offset + begin_ + at};
  }

  Marker& marker_;
  size_t level_;
  size_t depth_ = 0;  // of envelopes
  std::string_view chunk_;
  bool last_;
  MarkedRecords& out_;
  ChunkMemory memory_ = ChunkMemory::kOwn;
  size_t rejects_max_ = SIZE_MAX;
  Place origin_;  // of the chunk; of all that is in it, where it is an envelope's payload
  Batch* batch_;
  size_t begin_ = 0;    // of the batch in the chunk
  size_t counted_ = 0;  // up to here line feeds are counted
  uint64_t lines_ = 0;  // before that
  std::string lookup_error_;
};

Marker::Marker(const SuffixTable& suffixes, DomainLookup& lookup, const MarkOptions& options)
    : suffixes_(suffixes), lookup_(lookup), options_(options) {}

Marker::~Marker() = default;

Marker::Step Marker::mark(std::string_view chunk, bool last, MarkedRecords& out, ChunkMemory memory) {
  return Run(*this, chunk, last, out, memory).mark();
}

}  // namespace querymark
