// One after another; over one connection if all URLs have the same server.

#include "clients/fetch/transfer.hpp"
#include "clients/fetch/ways.hpp"

namespace tvl::fetch {

void serial(job& j) {
  transfer t(j);
  while (t.next()) t.end(::curl_easy_perform(t.easy()));
}

}  // namespace tvl::fetch
