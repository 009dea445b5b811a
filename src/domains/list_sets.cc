// SPDX-License-Identifier: Apache-2.0
#include "domains/list_sets.h"

#include <algorithm>
#include <cstring>
#include <limits>

namespace querymark {
namespace {

constexpr uint32_t kNone = std::numeric_limits<uint32_t>::max();

// The part's first bytes.
struct ListSetsHead {
  uint32_t list_count;
  uint32_t set_count;
  uint32_t member_count;
  uint32_t names_size;
};

void append(std::string& bytes, uint32_t number) {
  bytes.append(reinterpret_cast<const char*>(&number), sizeof number);
}

// Whether the ends ascend to the size of what they cut.
bool are_ends(std::span<const uint32_t> ends, size_t size) {
  return std::is_sorted(ends.begin(), ends.end()) && (ends.empty() ? 0 : ends.back()) == size;
}

}  // namespace

ListSetWriter::ListSetWriter(const std::vector<std::string>& list_names) : names_(list_names) {
  std::sort(names_.begin(), names_.end());
  names_.erase(std::unique(names_.begin(), names_.end()), names_.end());
  for (const std::string& name : list_names) {
    const auto at = std::lower_bound(names_.begin(), names_.end(), name);
    ranks_.push_back(static_cast<uint32_t>(at - names_.begin()));
  }
  single_.resize(names_.size(), kNone);
}

uint32_t ListSetWriter::number(std::span<const uint32_t> set) {
  if (set.size() != 1) return add({set.begin(), set.end()});
  uint32_t& single = single_[set.front()];
  if (single == kNone) single = add({set.front()});
  return single;
}

uint32_t ListSetWriter::add(std::vector<uint32_t> set) {
  const auto [node, is_new] = numbers_.try_emplace(std::move(set), static_cast<uint32_t>(sets_.size()));
  if (is_new) sets_.push_back(&node->first);
  return node->second;
}

Result<std::string> ListSetWriter::bytes() const {
  size_t member_count = 0;
  for (const std::vector<uint32_t>* set : sets_) member_count += set->size();
  size_t names_size = 0;
  for (const std::string& name : names_) names_size += name.size();
  if (std::max(member_count, names_size) >= kNone)
    return Error::limit("a domain set's sets of lists have " + std::to_string(member_count) +
                        " members and " + std::to_string(names_size) +
                        " bytes of names, more than 32 bits count");

  std::string bytes;
  for (const size_t count : {names_.size(), sets_.size(), member_count, names_size})
    append(bytes, static_cast<uint32_t>(count));
  uint32_t end = 0;
  for (const std::string& name : names_) append(bytes, end += static_cast<uint32_t>(name.size()));
  end = 0;
  for (const std::vector<uint32_t>* set : sets_) append(bytes, end += static_cast<uint32_t>(set->size()));
  for (const std::vector<uint32_t>* set : sets_)
    for (const uint32_t rank : *set) append(bytes, rank);
  for (const std::string& name : names_) bytes += name;
  return bytes;
}

Result<ListSetReader> ListSetReader::open(std::string_view bytes) {
  ListSetsHead head;
  if (bytes.size() < sizeof head) return Error::corrupt("the lists are cut off");
  std::memcpy(&head, bytes.data(), sizeof head);
  const uint64_t number_count = uint64_t{head.list_count} + head.set_count + head.member_count;
  if (bytes.size() - sizeof head != sizeof(uint32_t) * number_count + head.names_size)
    return Error::corrupt("the lists have a size that their counts do not give");

  ListSetReader reader;
  const auto* numbers = reinterpret_cast<const uint32_t*>(bytes.data() + sizeof head);
  reader.name_ends_ = {numbers, head.list_count};
  reader.set_ends_ = {numbers + head.list_count, head.set_count};
  reader.members_ = {numbers + head.list_count + head.set_count, head.member_count};
  reader.names_ = bytes.substr(bytes.size() - head.names_size);
  const bool ranks_fit = std::all_of(reader.members_.begin(), reader.members_.end(),
                                     [&](uint32_t rank) { return rank < head.list_count; });
  if (!are_ends(reader.name_ends_, head.names_size) || !are_ends(reader.set_ends_, head.member_count) ||
      !ranks_fit)
    return Error::corrupt("the lists' numbers point outside");
  return reader;
}

std::vector<std::string> ListSetReader::names(uint32_t set) const {
  std::vector<std::string> names;
  for (uint32_t at = set == 0 ? 0 : set_ends_[set - 1]; at != set_ends_[set]; ++at) {
    const uint32_t rank = members_[at];
    const uint32_t begin = rank == 0 ? 0 : name_ends_[rank - 1];
    names.emplace_back(names_.substr(begin, name_ends_[rank] - begin));
  }
  return names;
}

}  // namespace querymark
