find_package(Boost 1.81 CONFIG QUIET COMPONENTS context)
if(NOT TARGET Boost::context)
  set(missing libboost-context-dev)
  return()
endif()

add_library(tvl_fibers STATIC runtime/fiber_stacks.cpp waits/fiber/answer.cpp
  waits/fiber/websocket.cpp)
target_link_libraries(tvl_fibers PUBLIC tvl_runtime Boost::context)
# Otherwise spawn() includes the deprecated Boost.Coroutine without using it.
target_compile_definitions(tvl_fibers PUBLIC BOOST_ASIO_DISABLE_BOOST_COROUTINE)
list(APPEND libraries tvl_fibers)

# A sanitizer has to be told of stack switches, which Boost.Context only does in its slower way of switching: sanitized
# builds switch differently from measured ones, on the same stacks.
if(TVL_SANITIZE)
  target_sources(tvl_fibers PRIVATE runtime/sanitized_fibers.cpp)
  target_compile_definitions(tvl_fibers PUBLIC BOOST_USE_UCONTEXT)
  target_link_options(tvl_fibers INTERFACE LINKER:--wrap=swapcontext)
  if(TVL_SANITIZE MATCHES "address")
    target_compile_definitions(tvl_fibers PUBLIC BOOST_USE_ASAN)
  elseif(TVL_SANITIZE MATCHES "thread")
    target_compile_definitions(tvl_fibers PUBLIC BOOST_USE_TSAN)
  endif()
endif()

add_executable(tvl_fiber_tests runtime/fiber_stacks_test.cpp)
target_link_libraries(tvl_fiber_tests PRIVATE tvl_fibers GTest::gtest_main)
tvl_gtests(tvl_fiber_tests 1)
