// asio_loop once more, to the letter, on Asio's io_uring backend: which one it gets is said in asio_uring.cmake. It is
// included and not copied because the backend is all that may differ.
//
// What a server written for io_uring would do better: async_read_some() in place of waiting and then reading, which
// costs a buffer per connection as Asio knows no provided buffers; multishot accept and receive, which it does not know
// either.

#define main main_of_asio_loop
#include "servers/asio_loop.cpp"  // NOLINT(bugprone-suspicious-include)
#undef main

#include <iostream>

namespace {

// To be known before the ready line: sandboxes and kernel.io_uring_disabled forbid it, old kernels do not have it.
bool allowed(const char* program) try {
  io_context context;
  const runtime::timer opens_the_ring(context);
  return true;
} catch (const boost::system::system_error& error) {
  std::cerr << program << ": no io_uring for this program here: " << error.code().message() << '\n';
  return false;
}

}  // namespace

int main(int argc, char** argv) {
  if (!allowed(argv[0])) return 2;
  return runtime::serve(argc, argv, "HTTP server: one io_uring loop of C++20 coroutines (Boost.Asio).",
                        {.services = waits::check}, run);
}
