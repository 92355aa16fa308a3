#include "clients/load/broadcast/delivery_ledger.hpp"

#include <charconv>
#include <utility>

namespace tvl::load {

std::string room_ledger::send(std::size_t sender, std::int64_t due, bool counted) {
  const std::size_t number = messages_.size();
  messages_.push_back({due, sender});
  if (counted) {
    if (!first_counted_) first_counted_ = number;
    ++members_[sender].sent;
  }
  return std::to_string(number) + ' ' + std::to_string(due);
}

std::optional<std::pair<std::uint64_t, std::int64_t>> room_ledger::parse(std::string_view payload) {
  std::pair<std::uint64_t, std::int64_t> result;
  const char* const end = payload.data() + payload.size();
  const auto number = std::from_chars(payload.data(), end, result.first);
  if (number.ec != std::errc{} || number.ptr == end || *number.ptr != ' ') return std::nullopt;
  const auto due = std::from_chars(number.ptr + 1, end, result.second);
  if (due.ec != std::errc{} || due.ptr != end) return std::nullopt;
  return result;
}

void room_ledger::receive(std::size_t at, std::string_view payload, std::int64_t now) {
  const auto read = parse(payload);
  // The due time distinguishes this run's messages from those of another run in the same room.
  if (!read || read->first >= messages_.size() || messages_[read->first].due != read->second) {
    ++unknown_;
    return;
  }
  const auto [number, due] = *read;
  if (messages_[number].sender == at) sender_included_ = true;
  if (!first_counted_ || number < *first_counted_) return;
  member& m = members_[at];
  const std::size_t bit = number - *first_counted_;
  if (bit >= m.seen.size()) m.seen.resize(bit + 1);
  if (m.seen[bit]) {
    ++duplicates_;
    return;
  }
  m.seen[bit] = true;
  ++m.received;
  delivery_.record(now - due);
}

delivery_counts room_ledger::tally() const {
  const std::uint64_t sent = first_counted_ ? messages_.size() - *first_counted_ : 0;
  delivery_counts total;
  total.duplicates = duplicates_;
  total.unknown = unknown_;
  for (const auto& m : members_) {
    const std::uint64_t expected = sender_included_ ? sent : sent - m.sent;
    total.expected += expected;
    total.received += m.received;
    (m.closed ? total.cut_off : total.lost) += expected - m.received;
  }
  return total;
}

}  // namespace tvl::load
