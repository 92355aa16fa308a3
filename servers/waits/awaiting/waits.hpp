#pragma once
// The operations of a plan on a loop: each coroutine is suspended until its operation is done, and the loop goes on.
// answer.hpp picks one.

#include "servers/handler/plan.hpp"
#include "servers/runtime/peer.hpp"

#include <chrono>
#include <memory>
#include <string>
#include <vector>

namespace tvl::waits {
class upstream_call;
}

namespace tvl::waits::awaiting {

class services;
using awaited_result = boost::asio::awaitable<handler::service_result, runtime::executor>;

// Sleep, block and CPU work, of which the last two block the loop; 501 for every other plan.
awaited_result local(const handler::plan&);

// Block or CPU work on a thread of the executor. 503 when its queue is full. 504 at the deadline, which also holds when
// the coroutine is destroyed: a job that has not started is dropped, the result of a started one is ignored.
awaited_result offload(services&, const handler::plan&);

// 200 with {"calls":N,"bytes":N}, or the first failed call.
awaited_result fetch(services&, const handler::plan&);
// One call, until `deadline` at most.
awaited_result perform(services&, upstream_call&, std::chrono::steady_clock::time_point deadline);

// All calls (at least one) concurrently on this loop. Resumes when all have ended.
boost::asio::awaitable<std::vector<handler::service_result>, runtime::executor> gather(
    std::vector<awaited_result> calls);

// Token introspection: 200 with {"active":true} or {"active":false}.
awaited_result token(services&, const handler::plan&);
awaited_result introspect(services&, const std::string& access_token, std::chrono::steady_clock::time_point deadline);

// 200 with the result of every service (waits/aggregate.hpp), or the first failed one. Sequential, or (gather)
// concurrent.
awaited_result aggregate(services&, const handler::plan&);

// The output of a subprocess. It is killed when the client goes away or at the deadline, and always reaped.
awaited_result run(services&, runtime::peer&, const handler::plan&);

// The following write their replies to the peer themselves.

// Streams an object of the upstream. The timeout applies to the upstream's next bytes and to the client's reads, not to
// the whole object; exceeding it ends the reply, and so does a client that goes away.
runtime::task object(services&, runtime::peer&, const handler::plan&);
// A chunked reply, one chunk per period; a chunk is made when the previous one was sent. Ends the connection when the
// client goes away or reads nothing until the timeout.
runtime::task stream(services&, runtime::peer&, const handler::plan&);
// Moves the connection to a coroutine of its own and leaves null: an idle WebSocket must not hold the frame of the
// coroutine that read its request. By reference, since a temporary would enlarge that frame. 501 where there are no
// rooms.
runtime::task websocket(services&, std::unique_ptr<runtime::peer>&, const handler::plan&);

}  // namespace tvl::waits::awaiting
