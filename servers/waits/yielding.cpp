#include "servers/waits/yielding.hpp"

#include "servers/waits/blocking.hpp"

namespace tvl::waits::yielding {

void fulfil(const handler::plan& p, const yield& y) {
  if (p.kind != handler::plan::wait::sleep) {
    blocking::fulfil(p);
    return;
  }
  runtime::timer timer(y.get_executor(), p.time);
  boost::system::error_code ec;
  timer.async_wait(y[ec]);
}

}  // namespace tvl::waits::yielding
