#include "clients/load/broadcast/broadcast.hpp"

#include "clients/load/base/bad_plan.hpp"
#include "clients/load/base/clock.hpp"
#include "clients/load/base/pin.hpp"
#include "clients/load/base/sleep.hpp"
#include "clients/load/broadcast/members.hpp"
#include "clients/load/engine/pending_queue.hpp"
#include "clients/load/meter/watcher.hpp"
#include "clients/load/plan/process_shares.hpp"
#include "clients/load/run/run.hpp"
#include "clients/load/run/window_meter.hpp"

#include <pthread.h>

#include <algorithm>
#include <exception>
#include <future>
#include <string>
#include <utility>

namespace tvl::load {
namespace {

constexpr std::int64_t quiet_time = 10 * one_millisecond;  // without traffic, before all deliveries are counted
constexpr std::int64_t last_wait = 2 * one_second;         // for deliveries, after the window

// Sends the messages as they fall due and records their deliveries.
class message_generator {
 public:
  message_generator(const plan& p, room_members& members, std::stop_token stop, std::int64_t start)
      : plan_(p),
        members_(members),
        stop_(std::move(stop)),
        begin_(start + to_ns(p.warmup_s)),
        end_(begin_ + to_ns(p.seconds)),
        queue_(schedule(p.arrivals, p.rate, p.seed, start, 0)),
        ledger_(members.counts().joined) {
    members.begin(ledger_);
  }

  std::int64_t begin() const { return begin_; }
  std::int64_t end() const { return end_; }

  void run();
  room_result result() const;

 private:
  void send_due(std::int64_t before);
  void end_window(std::int64_t at);
  void drain();

  const plan& plan_;
  room_members& members_;
  const std::stop_token stop_;
  const std::int64_t begin_, end_;  // of the window
  pending_queue queue_;
  room_ledger ledger_;
  room_result result_;
};

void message_generator::run() {
  const bool spin =
      plan_.idle == idle_strategy::spin || (plan_.idle == idle_strategy::automatic && !plan_.cpus.empty());
  std::optional<std::int64_t> cpu_at_begin;
  std::int64_t now = clock_now();
  while (now < end_ && !stop_.stop_requested()) {
    if (now >= begin_ && !cpu_at_begin) cpu_at_begin = thread_cpu_now();
    send_due(now + 1);
    // A pending message waits for a writable socket, not for the clock.
    const std::int64_t next = queue_.empty() ? queue_.next() : end_;
    members_.poll(std::min({next, end_, cpu_at_begin ? end_ : begin_}), spin);
    now = clock_now();
  }
  if (cpu_at_begin && now > begin_)
    result_.generator_cpu_share =
        static_cast<double>(thread_cpu_now() - *cpu_at_begin) / static_cast<double>(now - begin_);
  result_.interrupted = now < end_;
  end_window(std::min(now, end_));
  drain();
}

void message_generator::send_due(std::int64_t before) {
  queue_.fall_due(before);
  while (!queue_.empty()) {
    const auto sender = members_.next_sender();
    if (!sender) return;
    const std::int64_t due = queue_.pop(), now = clock_now();
    const bool counted = due >= begin_;
    if (counted) {
      ++result_.messages.sent;
      result_.lag.record(now - due);
    }
    members_.send(*sender, ledger_.send(*sender, due, counted));
  }
}

void message_generator::end_window(std::int64_t at) {
  send_due(at);
  while (!queue_.empty())
    if (queue_.pop() >= begin_) ++result_.messages.unsent;
  result_.messages.scheduled = result_.messages.sent + result_.messages.unsent;
  result_.window_s = std::max(0.0, static_cast<double>(at - begin_) / 1e9);
}

void message_generator::drain() {
  const std::int64_t give_up = clock_now() + last_wait;
  for (std::int64_t now = clock_now(); now < give_up; now = clock_now())
    if (members_.poll(std::min(give_up, now + quiet_time), false) == 0 && ledger_.tally().lost == 0) return;
}

room_result message_generator::result() const {
  room_result r = result_;
  r.asked = plan_;
  r.members = members_.counts();
  r.join_error = members_.join_error();
  r.loss = members_.loss();
  r.deliveries = ledger_.tally();
  r.sender_included = ledger_.sender_included();
  r.delivery = ledger_.delivery();
  if (r.deliveries.expected > 0)
    r.reach = static_cast<double>(r.deliveries.received) / static_cast<double>(r.deliveries.expected);
  return r;
}

void add_costs(const window_meter& costs, room_result& into) {
  point p;
  p.replies = into.deliveries.received;
  costs.add_to(p);
  into.server = p.server;
  into.server_cpu_us_per_delivery = into.server.cpu_us_per_request;
  for_each_per_request(into.server, [](std::optional<double>& value) { value.reset(); });
  into.services_cpu_share = p.services_cpu_share;
  into.host = p.host;
}

// Joins the members, sets `messages` and `joined`, then sends. Runs on its own thread: reading the server's costs would
// delay messages.
void generate(const plan& p, room_members& members, const std::stop_token& stop,
              std::optional<message_generator>& messages, std::promise<void>& joined) {
  try {
    if (!p.cpus.empty()) pin(::pthread_self(), p.cpus.front());
    members.join();
    messages.emplace(p, members, stop, clock_now());
  } catch (...) {
    joined.set_exception(std::current_exception());
    return;
  }
  joined.set_value();
  messages->run();
}

}  // namespace

room_result run_room(const plan& asked, const watcher& w) {
  const plan p = with_enough_sources(share_of(asked, 0, 1));
  if (!p.open_loop()) throw bad_plan("a room needs a rate of messages a second");
  check_limits(p);
  const std::string started = utc_now();
  room_members members(p, w.stop);
  std::optional<message_generator> messages;
  std::promise<void> joined;
  auto generator = std::async(std::launch::async, [&] { generate(p, members, w.stop, messages, joined); });
  joined.get_future().get();
  window_meter costs(w);
  sleep_until(costs.time_for(messages->begin()), w.stop);
  costs.begin(messages->begin());
  sleep_until(messages->end(), w.stop);
  costs.end();
  costs.read_memory();
  generator.get();
  members.close_all();

  room_result result = messages->result();
  result.started = started;
  add_costs(costs, result);
  return result;
}

}  // namespace tvl::load
