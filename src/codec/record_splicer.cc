// SPDX-License-Identifier: Apache-2.0
#include "codec/record_splicer.h"

#include <algorithm>
#include <cstdint>

#include "codec/json_walk.h"

namespace querymark {
namespace {

// Copies JSON text, but for line breaks, of which there are none in strings.
void append_on_one_line(std::string_view json, std::string& out) {
  if (json.find('\n') == std::string_view::npos && json.find('\r') == std::string_view::npos) {
    out += json;
    return;
  }
  const size_t size = out.size();
  out.resize(size + json.size());
  const auto is_line_break = [](char c) { return c == '\n' || c == '\r'; };
  const auto end = std::remove_copy_if(json.begin(), json.end(),
                                       out.begin() + static_cast<std::ptrdiff_t>(size), is_line_break);
  out.resize(static_cast<size_t>(end - out.begin()));
}

class Splicer {
 public:
  Splicer(std::string_view object, std::span<const MemberEdit> edits, std::string& out)
      : object_(object), edits_(edits), out_(out) {}

  void splice() {
    uint64_t written = 0;  // edits whose member is there
    for (JsonMembers members(object_); members.next();) {
      const MemberEdit* edit = find_edit(members.key());
      if (edit != nullptr && edit->value.empty()) {
        drop(members.begin(), members.end());
        continue;
      }
      keep(members.begin());
      if (edit == nullptr) {
        copy(members.end());
      } else {
        copy(members.value_begin());
        out_ += edit->value;
        at_ = members.end();
        written |= uint64_t{1} << (edit - edits_.data());
      }
    }
    if (!has_members_) copy_separator(separator_);
    copy(object_.size() - 1);
    for (size_t i = 0; i < edits_.size(); ++i) {
      if (!edits_[i].value.empty() && (written >> i & 1) == 0) add(edits_[i]);
    }
    out_ += '}';
  }

 private:
  const MemberEdit* find_edit(std::string_view key) const {
    const auto is_key = [&](const MemberEdit& edit) { return json_string_is(key, edit.name); };
    const auto edit = std::find_if(edits_.begin(), edits_.end(), is_key);
    return edit == edits_.end() ? nullptr : &*edit;
  }

  void copy(size_t end) {
    append_on_one_line(object_.substr(at_, end - at_), out_);
    at_ = end;
  }

  // A member goes, with the separator behind it: that before the first that goes is kept for the next that
  // stays.
  void drop(size_t begin, size_t end) {
    if (separator_.empty()) separator_ = object_.substr(at_, begin - at_);
    at_ = end;
  }

  // A member that begins there stays: writes what separates it from the member or bracket before.
  void keep(size_t begin) {
    copy_separator(separator_.empty() ? object_.substr(at_, begin - at_) : separator_);
    at_ = begin;
    separator_ = {};
    has_members_ = true;
  }

  void copy_separator(std::string_view separator) { append_on_one_line(separator, out_); }

  void add(const MemberEdit& edit) {
    if (has_members_) out_ += ',';
    has_members_ = true;
    append_json_string(edit.name, out_);
    out_.append(":").append(edit.value);
  }

  std::string_view object_;
  std::span<const MemberEdit> edits_;
  std::string& out_;
  size_t at_ = 0;               // of the object, up to where it is dealt with
  std::string_view separator_;  // bracket or comma, and blanks, before members that went
  bool has_members_ = false;    // in what is written
};

}  // namespace

void splice_record(std::string_view object, std::span<const MemberEdit> edits, std::string& out) {
  Splicer(object, edits, out).splice();
}

}  // namespace querymark
