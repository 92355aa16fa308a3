#pragma once
// A slowdown on purpose, see servers/handler/planted.hpp.

namespace tvl::runtime {

// From now on every request costs so many nanoseconds of CPU time in addition, on a core as fast as this one is now. 0 =
// none. Takes a millisecond or more, and is to be called before any request.
void plant(double ns);

}  // namespace tvl::runtime
