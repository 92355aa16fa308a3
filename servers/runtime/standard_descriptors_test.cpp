#include "servers/runtime/standard_descriptors.hpp"

#include <gtest/gtest.h>

#include <sys/wait.h>

namespace tvl::runtime {
namespace {

TEST(standard_descriptors, closed_ones_are_open_afterwards_and_no_other) {
  const pid_t child = ::fork();
  if (child == 0) {
    const int next = ::open("/dev/null", O_RDONLY);
    for (const int fd : {STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO}) ::close(fd);
    open_standard_descriptors();
    bool right = ::open("/dev/null", O_RDONLY) == next + 1;
    for (const int fd : {STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO}) right &= ::fcntl(fd, F_GETFD) == 0;
    ::_exit(right ? 0 : 1);
  }
  int status = -1;
  ASSERT_EQ(::waitpid(child, &status, 0), child);
  EXPECT_EQ(status, 0);
}

}  // namespace
}  // namespace tvl::runtime
