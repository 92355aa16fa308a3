#include "clients/load/engine/engine.hpp"

#include "clients/load/base/clock.hpp"
#include "clients/load/base/descriptor.hpp"

#include <sys/epoll.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <system_error>

namespace tvl::load {
namespace {

constexpr timespec at_once{};

// Bytes of the longest message that may come: 1 MiB, or that of an echo.
std::uint32_t longest_message(const std::vector<prepared_target>& targets) {
  std::size_t longest = 1u << 20;
  for (const auto& t : targets) longest = std::max(longest, t.expected.body->size());
  return static_cast<std::uint32_t>(std::min<std::size_t>(longest, UINT32_MAX));
}

}  // namespace

engine::engine(const plan& p, const engine_partition& mine, const std::vector<prepared_target>& targets,
               const opening& how, const timetable& times)
    : plan_(p),
      partition_(mine),
      opening_(how),
      targets_(targets),
      times_(times),
      timeout_ns_(static_cast<std::int64_t>(p.timeout_s * 1e9)),
      think_ns_(static_cast<std::int64_t>(p.think_s * 1e9)),
      ramp_ns_(static_cast<std::int64_t>(p.ramp_s * 1e9)),
      watch_period_(std::max(one_millisecond, timeout_ns_ / 1000)),
      warms_up_(p.requests_per_connection == 0),
      epoll_(::epoll_create1(EPOLL_CLOEXEC)),
      slots_(static_cast<std::size_t>(mine.connections + mine.surge)),
      buffer_(read_size),
      records_(p.open_loop() || p.requests_per_connection > 0, targets.size(), trace_of(p), phase_record(p),
               timeline_grid(p)),
      rejoining_(slots_.size()),
      random_(mine.seed) {
  if (epoll_ < 0) throw std::system_error(errno, std::system_category(), "epoll_create1");
  for (auto& c : std::span(slots_).subspan(early_slots().size())) c.retry_at = never;
  if (!how.upgrade.empty())
    for (auto& c : slots_) c.frames = frame_reader(longest_message(targets));
}

engine::~engine() {
  for (auto& c : slots_)
    if (c.socket >= 0) ::close(c.socket);
  ::close(epoll_);
}

void engine::run() {
  created_ = clock_now();
  while (phase_ != phase::ended) {
    poll();
    advance(now_);
  }
}

std::int64_t engine::read_clock() {
  now_ = clock_now();
  pauses_.runs(now_);
  return now_;
}

void engine::poll() {
  std::array<epoll_event, 256> events;
  const std::int64_t now = read_clock();
  const std::int64_t wait = std::clamp<std::int64_t>(next_wake() - now, 0, pause_meter::longest_sleep);
  const timespec timeout{wait / one_second, wait % one_second};
  const int n = ::epoll_pwait2(epoll_, events.data(), events.size(), partition_.spin ? &at_once : &timeout, nullptr);
  pauses_.sleeps(partition_.spin ? now : now + wait);
  read_clock();
  for (int i = 0; i < n && phase_ != phase::ended; ++i)
    ready(*static_cast<connection*>(events[static_cast<std::size_t>(i)].data.ptr),
          events[static_cast<std::size_t>(i)].events);
}

std::int64_t engine::next_wake() const {
  std::int64_t next = next_watch_;
  switch (phase_) {
    case phase::connecting:
      return std::min({next, clock_now() + one_millisecond, times_.start.load()});  // another thread sets it
    case phase::warming:
      next = std::min(next, times_.window_begin.load(std::memory_order_relaxed));
      break;
    default:
      next = std::min({next, records_.row_end(), next_change_, times_.window_end.load(std::memory_order_relaxed)});
  }
  if (rejoining_ < slots_.size()) return 0;
  if (!reopenings_.empty()) next = std::min(next, reopenings_.top().at);
  if (!thinking_.empty()) next = std::min(next, thinking_.front()->due);
  // Without a free connection nothing can be sent; requests keep their due time.
  return queue_ && !free_.empty() ? std::min(next, queue_->next()) : next;
}

void engine::advance(std::int64_t now) {
  if (phase_ == phase::ended) return;  // a reply arrived after the window's end
  if (phase_ == phase::connecting) open_some(now);
  if (phase_ == phase::connecting && now >= times_.start) start(times_.start);
  if (phase_ == phase::warming && now >= times_.window_begin) begin_window();
  if (phase_ == phase::measuring && now >= times_.window_end) return end_window(now);
  if (quota_ == 0 && in_flight_ == 0 && waiting_for_connection() == 0) return end_window(now);
  if (phase_ == phase::measuring) records_.end_rows(now);
  if (now >= next_change_) change(now);
  if (rejoining_ < slots_.size()) rejoin();
  if (phase_ != phase::connecting) reopen_due(now);
  if (queue_) send_due(now);
  if (!thinking_.empty()) end_thinking(now);
  if (now >= next_watch_) watch(now);
}

void engine::start(std::int64_t at) {
  phase_ = phase::warming;
  start_late_ns_ = clock_now() - at;
  if (plan_.open_loop())
    queue_.emplace(schedule(plan_.arrivals, plan_.rate * partition_.rate_share, partition_.seed, at, partition_.phase,
                            rate_changes(times_.window_begin)));
  // Of a number of requests, no more than that number may be under way when the window begins.
  std::uint64_t loaded = plan_.requests > 0 ? partition_.requests : early_slots().size();
  for (auto& c : early_slots()) {
    if (c.now == state::closed) reopenings_.push({c.retry_at = at, &c});
    const bool busy = c.now == state::waiting || c.now == state::finishing;  // plans its next request when that ends
    if (!queue_ && !busy && loaded > 0) make_due(c, at);
    if (loaded > 0) --loaded;
    if (c.now == state::free) set_free(c, at);
  }
}

void engine::begin_window() {
  const std::int64_t begin = times_.window_begin;
  if (queue_) queue_->fall_due(begin);
  for (auto& c : slots_) c.replies = 0;
  records_.begin(begin);
  records_.counts.in_flight_at_start = in_flight_;
  for (const auto& c : slots_)
    if (under_way(c)) records_.sent(c.target);
  records_.counts.unsent_at_start = waiting_for_connection();
  records_.counts.scheduled = in_flight_ + records_.counts.unsent_at_start;
  if (records_.phases.kept()) records_.phases.fell_due(begin, records_.counts.scheduled);
  plan_change(begin);
  if (plan_.requests > 0) quota_ = partition_.requests - std::min(partition_.requests, records_.counts.scheduled);
  pauses_.begin(clock_now());
  cpu_at_begin_ = thread_cpu_now();
  phase_ = phase::measuring;
}

void engine::end_window(std::int64_t at) {
  window_cpu_ns_ = thread_cpu_now() - cpu_at_begin_;
  if (queue_) fall_due(times_.window_end);
  records_.counts.unsent = waiting_for_connection();
  const std::int64_t until = std::min(at, times_.window_end.load());
  end_unanswered(until);
  records_.end_rows(until);
  records_.finish();
  phase_ = phase::ended;
  ended_at_ = at;
}

// A target is drawn for each unsent request.
void engine::end_unanswered(std::int64_t until) {
  for (const auto& c : slots_) {
    if (under_way(c)) records_.in_flight_at_end(c.target, c.due, c.sent, until);
    if (c.pending) records_.unsent_at_end(draw_target(), c.due, until);
  }
  while (queue_ && !queue_->empty()) records_.unsent_at_end(draw_target(), queue_->pop(), until);
}

// Requests that are due but not sent.
std::uint64_t engine::waiting_for_connection() const {
  if (queue_) return queue_->size();
  return static_cast<std::uint64_t>(std::ranges::count(slots_, true, &connection::pending));
}

// Ends what takes longer than the timeout, and finds the next deadline. What is sent after this check has a later one.
void engine::watch(std::int64_t now) {
  std::int64_t next = now + timeout_ns_;
  for (auto& c : slots_) {
    if (c.now == state::closed || c.now == state::free) continue;
    const bool strange = c.strange && c.now == state::waiting;
    const std::int64_t limit = strange ? patience() : timeout_ns_;
    if (now - c.sent < limit)
      next = std::min(next, c.sent + limit);
    else if (strange)
      wrong_echo(c, now);
    else if (c.now == state::connecting || c.now == state::upgrading)
      connect_failed(c, ETIMEDOUT, now);
    else
      fail(c, &request_counts::timeouts, now);
  }
  next_watch_ = std::max(next, now + watch_period_);
}

void engine::reopen_due(std::int64_t now) {
  for (std::size_t n = 0; n < most_at_once && !reopenings_.empty() && reopenings_.top().at <= now; ++n) {
    connection& c = *reopenings_.top().slot;
    reopenings_.pop();
    if (c.now == state::closed && c.retry_at <= now) open(c, clock_now());
  }
}

// Closed loop: the slot's next request is due.
void engine::make_due(connection& c, std::int64_t at) {
  if (quota_ == 0) return;
  if (quota_ != no_quota) --quota_;
  c.due = at;
  c.pending = true;
  records_.fell_due(at);
}

// Closed loop: after a request has ended, schedules the slot's next one.
void engine::plan_next(connection& c, std::int64_t now) {
  if (queue_ || phase_ == phase::connecting) return;
  if (think_ns_ == 0) return make_due(c, now);
  c.due = now + think_ns_;
  thinking_.push_back(&c);
}

void engine::end_thinking(std::int64_t now) {
  while (!thinking_.empty() && thinking_.front()->due <= now) {
    connection& c = *thinking_.front();
    thinking_.pop_front();
    make_due(c, c.due);
    if (c.now == state::free) set_free(c, clock_now());
  }
}

void engine::fall_due(std::int64_t before) {
  const auto n = queue_->fall_due(before);
  records_.counts.scheduled += n;
  if (!records_.phases.kept()) return;
  for (auto i = queue_->size() - n; i < queue_->size(); ++i) records_.phases.fell_due((*queue_)[i]);
}

// Open loop: sends due requests on free connections; the rest stays in the pending queue.
void engine::send_due(std::int64_t now) {
  fall_due(now + 1);
  while (!queue_->empty() && !free_.empty()) {
    connection& c = *free_.front();
    free_.pop_front();
    if (c.now != state::free) continue;  // closed meanwhile
    const std::int64_t due = queue_->pop(), at = clock_now();
    records_.paced(at - due);
    send(c, due, at);
  }
}

std::uint16_t engine::draw_target() {
  if (targets_.size() == 1) return 0;
  const double x = uniform_(random_);
  std::uint16_t i = 0;
  while (i + 1u < targets_.size() && x >= targets_[i].cumulated) ++i;
  return i;
}

}  // namespace tvl::load
