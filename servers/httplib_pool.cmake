# The distribution's cpp-httplib is compiled; the layout of its classes depends on definitions that pkg-config knows.
find_package(PkgConfig REQUIRED)
pkg_check_modules(httplib QUIET IMPORTED_TARGET cpp-httplib)
if(NOT httplib_FOUND)
  set(missing "cpp-httplib (scripts/setup installs it)")
  return()
endif()
find_package(OpenSSL REQUIRED)  # called by its headers
list(APPEND libraries PkgConfig::httplib OpenSSL::Crypto)
set(transcripts OFF)
