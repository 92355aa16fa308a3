#pragma once
// For the begin of main().

#include <fcntl.h>
#include <unistd.h>

namespace tvl::load {

// Opens /dev/null for each of stdin, stdout and stderr that is closed. Else the next file that is opened, e.g. one for
// results, would get its number, and what is printed would land in that file.
inline void open_standard_descriptors() {
  int fd = 0;
  do fd = ::open("/dev/null", O_RDWR);  // without O_CLOEXEC: children need them too
  while (fd >= 0 && fd <= STDERR_FILENO);
  if (fd >= 0) ::close(fd);
}

}  // namespace tvl::load
