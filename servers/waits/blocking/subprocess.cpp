#include "servers/drivers/process/subprocess.hpp"

#include "servers/waits/blocking/client_watch.hpp"
#include "servers/waits/blocking/context.hpp"
#include "servers/waits/blocking/waits.hpp"

namespace tvl::waits::blocking {

handler::service_result run(services& s, runtime::peer& client, const handler::plan& p) {
  const auto deadline = s.options.deadline();
  subprocess job(p, deadline);
  while (job.running()) job.advance(wait(client, deadline, {job.descriptor(), POLLIN, 0}));
  return job.result();
}

}  // namespace tvl::waits::blocking
