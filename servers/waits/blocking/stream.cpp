#include "servers/waits/blocking/client_watch.hpp"
#include "servers/waits/blocking/context.hpp"
#include "servers/waits/blocking/waits.hpp"
#include "servers/waits/stream_chunk.hpp"

#include <algorithm>
#include <optional>

namespace tvl::waits::blocking {
namespace {

// Endless chunks, one per `time`; ends when the client has gone.
class chunks {
 public:
  chunks(runtime::peer& client, clock::duration time) : client_(client), time_(time) {}

  std::optional<chunk> next() {
    while (clock::now() < due_)
      if (!wait(client_, due_)) return std::nullopt;
    due_ = std::max(due_ + time_, clock::now());  // a slow client's missed chunks are not caught up
    return chunk(number_++);
  }

 private:
  runtime::peer& client_;
  const clock::duration time_;
  clock::time_point due_ = clock::now() + time_;
  std::uint64_t number_ = 0;
};

}  // namespace

void stream(services& s, runtime::peer& client, const handler::plan& p) {
  auto& reply = client.session();
  reply.begin(std::nullopt);
  if (p.time.count() > 0 && !deliver(client, s.options.deadline())) return;
  chunks all(client, p.time);
  for (auto left = p.number; left > 0; --left) {
    const auto next = all.next();
    if (!next) return reply.abort();
    reply.piece(*next);
    if (!deliver(client, s.options.deadline())) return;
  }
  reply.finish();
}

}  // namespace tvl::waits::blocking
