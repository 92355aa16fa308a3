#pragma once
// For the begin of main().

#include <fcntl.h>
#include <unistd.h>

namespace tvl::runtime {

// Opens /dev/null for each of stdin, stdout and stderr that is closed. Else the first connections would get their
// numbers, and a client would be sent the ready line and the counters.
inline void open_standard_descriptors() {
  int fd = 0;
  do fd = ::open("/dev/null", O_RDWR);  // without O_CLOEXEC: children need them too
  while (fd >= 0 && fd <= STDERR_FILENO);
  if (fd >= 0) ::close(fd);
}

}  // namespace tvl::runtime
