#include "servers/waits/blocking/query.hpp"

namespace tvl::waits::blocking {

handler::outcome query(services& s, const handler::plan& p) { return s.postgres.row(p.number, p.time); }

}  // namespace tvl::waits::blocking
