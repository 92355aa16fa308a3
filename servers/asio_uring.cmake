find_path(LIBURING_INCLUDE_DIR liburing.h)
find_library(LIBURING_LIBRARY uring)
if(NOT LIBURING_INCLUDE_DIR OR NOT LIBURING_LIBRARY)
  set(missing liburing-dev)
  return()
endif()

tvl_add_runtime(tvl_runtime_uring)
# Both: with the first alone sockets stay with epoll.
target_compile_definitions(tvl_runtime_uring PUBLIC BOOST_ASIO_HAS_IO_URING BOOST_ASIO_DISABLE_EPOLL)
target_include_directories(tvl_runtime_uring SYSTEM PUBLIC ${LIBURING_INCLUDE_DIR})
target_link_libraries(tvl_runtime_uring PUBLIC ${LIBURING_LIBRARY})
set(runtime tvl_runtime_uring)
set(forbidden "no io_uring for this program here")
