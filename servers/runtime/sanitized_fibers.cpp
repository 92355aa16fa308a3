// What Boost.Context's annotated switching lacks in a program with a sanitizer. In no other program.

#include <boost/context/fiber.hpp>

#include <dlfcn.h>
#include <ucontext.h>

// It is compiled into Boost's library only where that was built with BOOST_USE_UCONTEXT, which no distribution does.
namespace boost::context::detail {

fiber_activation_record*& fiber_activation_record::current() noexcept {
  thread_local fiber_activation_record thread_itself;
  thread_local fiber_activation_record* running = &thread_itself;
  return running;
}

}  // namespace boost::context::detail

// AddressSanitizer's own swapcontext() warns on stderr that it does not know what is going on. It does, as
// Boost.Context tells it: so the C library's is called instead (--wrap in asio_fibers.cmake).
extern "C" int __wrap_swapcontext(ucontext_t* from, const ucontext_t* to) {
  static const auto swap = reinterpret_cast<int (*)(ucontext_t*, const ucontext_t*)>(
      ::dlsym(::dlopen("libc.so.6", RTLD_LAZY | RTLD_NOLOAD), "swapcontext"));
  return swap(from, to);
}
