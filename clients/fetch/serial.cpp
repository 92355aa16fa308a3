// One after another, over one connection where the URLs have one server.

#include "clients/fetch/transfer.hpp"
#include "clients/fetch/ways.hpp"

namespace tvl::fetch {

void serial(job& j) {
  transfer t(j);
  while (t.next()) t.end(::curl_easy_perform(t.easy()));
}

}  // namespace tvl::fetch
