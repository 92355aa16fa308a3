# The distribution compiles cpp-httplib; what its classes look like depends on definitions that pkg-config knows.
find_package(PkgConfig REQUIRED)
pkg_check_modules(httplib QUIET IMPORTED_TARGET cpp-httplib)
if(NOT httplib_FOUND)
  set(missing "cpp-httplib (scripts/setup installs it)")
  return()
endif()
find_package(OpenSSL REQUIRED) # which its headers call
list(APPEND libraries PkgConfig::httplib OpenSSL::Crypto)
set(transcripts OFF)
