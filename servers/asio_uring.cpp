// asio_loop on Asio's io_uring backend, which asio_uring.cmake selects. Included instead of copied: only the backend
// may differ.
//
// A server written for io_uring would use async_read_some() instead of waiting and reading, which costs a buffer per
// connection since Asio lacks provided buffers; and multishot accept and receive, which it also lacks.

#define main main_of_asio_loop
#include "servers/asio_loop.cpp"  // NOLINT(bugprone-suspicious-include)
#undef main

#include <iostream>

namespace {

// Checked before the ready line: sandboxes and kernel.io_uring_disabled forbid io_uring, old kernels lack it.
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
