#pragma once
// The operations of a plan on a thread: each call blocks until its operation is done. answer.hpp picks one.

#include "servers/handler/plan.hpp"
#include "servers/runtime/peer.hpp"

#include <chrono>
#include <string>

namespace tvl::waits {
class upstream_call;
}

namespace tvl::waits::blocking {

class services;

// Sleep, block and CPU work; 501 for every other plan.
handler::service_result local(const handler::plan&);
// Consumes CPU time of this thread, not wall time: a thread that shares its core does the same work.
void use_cpu(std::chrono::nanoseconds);

// Block or CPU work on a thread of the executor. 503 when its queue is full. 504 at the deadline: a job that has not
// started is dropped, the result of a started one is ignored.
handler::service_result offload(services&, const handler::plan&);

// 200 with {"calls":N,"bytes":N}, or the first failed call.
handler::service_result fetch(services&, const handler::plan&);
// One call, until `deadline` at most.
handler::service_result perform(upstream_call&, std::chrono::steady_clock::time_point deadline);

// Token introspection: 200 with {"active":true} or {"active":false}.
handler::service_result token(services&, const handler::plan&);
handler::service_result introspect(services&, const std::string& access_token,
                                   std::chrono::steady_clock::time_point deadline);

// 200 with the result of every service (waits/aggregate.hpp), or the first failed one. Sequential, or (gather) one
// thread per service.
handler::service_result aggregate(services&, const handler::plan&);

// The output of a subprocess. It is killed when the client goes away or at the deadline, and always reaped.
handler::service_result run(services&, runtime::peer&, const handler::plan&);

// The following write their replies to the peer themselves.

// Streams an object of the upstream. The timeout applies to the upstream's next bytes and to the client's reads, not to
// the whole object; exceeding it ends the reply, and so does a client that goes away.
void object(services&, runtime::peer&, const handler::plan&);
// A chunked reply, one chunk per period; a chunk is made when the previous one was sent. Ends the connection when the
// client goes away or reads nothing until the timeout.
void stream(services&, runtime::peer&, const handler::plan&);
// Returns when the WebSocket and its connection have ended; 501 where there are no rooms.
void websocket(services&, runtime::peer&, const handler::plan&);

}  // namespace tvl::waits::blocking
