#include "clients/load/base/exit_codes.hpp"

#include <gtest/gtest.h>

#include <cerrno>
#include <new>
#include <stdexcept>
#include <string>
#include <system_error>
#include <thread>

namespace tvl::load {
namespace {

template <class Error>
int code_of(const Error& error, std::string& said) {
  testing::internal::CaptureStderr();
  int code = 0;
  try {
    throw error;
  } catch (...) {
    code = report_exception("tvl-test");
  }
  said = testing::internal::GetCapturedStderr();
  return code;
}

TEST(ExitCodes, WhatTheInputOrTheMachineRefusesIsTwo) {
  std::string said;
  EXPECT_EQ(code_of(std::runtime_error("no URL given"), said), 2);
  EXPECT_EQ(said, "tvl-test: no URL given\n");
  code_of(std::runtime_error("two\nlines \x1b[31m"), said);
  EXPECT_EQ(said, "tvl-test: two lines  [31m\n");
  EXPECT_EQ(code_of(std::system_error(EMFILE, std::generic_category(), "epoll_create1"), said), 2);
  EXPECT_EQ(code_of(std::system_error(EAGAIN, std::system_category()), said), 2);
  EXPECT_TRUE(said.starts_with("tvl-test: cannot start a thread, see ulimit -u and -v: Resource temp")) << said;
  EXPECT_EQ(code_of(std::bad_alloc(), said), 2);
  EXPECT_EQ(said, "tvl-test: not enough memory\n");
}

TEST(ExitCodes, AFaultOfTheProgramIsSeventy) {
  std::string said;
  EXPECT_EQ(code_of(std::logic_error("not the next trial"), said), 70);
  EXPECT_EQ(said, "tvl-test: a fault of this program: not the next trial\n");
  EXPECT_EQ(code_of(7, said), 70);
}

TEST(ExitCodesDeathTest, AnExceptionOfAThreadIsSeventyAndOneLine) {
  const auto fails = [] {
    report_uncaught_exceptions();
    std::thread([] { throw std::runtime_error("lost"); }).join();
  };
  EXPECT_EXIT(fails(), testing::ExitedWithCode(70), "^uncaught exception: a fault of this program: lost\n$");
}

}  // namespace
}  // namespace tvl::load
