#pragma once
// Waits on the loop for a descriptor that a library or another object owns: does not close it.

#include "servers/runtime/asio_types.hpp"

#include <boost/asio/posix/basic_stream_descriptor.hpp>

namespace tvl::waits::awaiting {

class borrowed_descriptor : public boost::asio::posix::basic_stream_descriptor<runtime::executor> {
 public:
  using basic_stream_descriptor::basic_stream_descriptor;
  borrowed_descriptor(const borrowed_descriptor&) = delete;
  borrowed_descriptor& operator=(const borrowed_descriptor&) = delete;
  ~borrowed_descriptor() { release(); }
};

}  // namespace tvl::waits::awaiting
