# The distribution compiles cpp-httplib; what its classes look like depends on definitions that pkg-config knows.
find_package(PkgConfig REQUIRED)
pkg_check_modules(httplib QUIET IMPORTED_TARGET cpp-httplib)
if(NOT httplib_FOUND)
  set(missing "cpp-httplib (scripts/setup installs it)")
  return()
endif()
list(APPEND libraries PkgConfig::httplib)
set(transcripts OFF)
