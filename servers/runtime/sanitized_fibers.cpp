// Symbols that Boost.Context's annotated switching lacks. Only for programs with a sanitizer.

#include <boost/context/fiber.hpp>

#include <dlfcn.h>
#include <ucontext.h>

// Boost's library only contains it when built with BOOST_USE_UCONTEXT, which no distribution does.
namespace boost::context::detail {

fiber_activation_record*& fiber_activation_record::current() noexcept {
  thread_local fiber_activation_record thread_itself;
  thread_local fiber_activation_record* running = &thread_itself;
  return running;
}

}  // namespace boost::context::detail

// AddressSanitizer's swapcontext() warns on stderr about switches that Boost.Context has announced to it: call the C
// library's instead (--wrap in asio_fibers.cmake).
extern "C" int __wrap_swapcontext(ucontext_t* from, const ucontext_t* to) {
  static const auto swap = reinterpret_cast<int (*)(ucontext_t*, const ucontext_t*)>(
      ::dlsym(::dlopen("libc.so.6", RTLD_LAZY | RTLD_NOLOAD), "swapcontext"));
  return swap(from, to);
}
