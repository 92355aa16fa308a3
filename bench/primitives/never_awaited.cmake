# A coroutine that is never awaited does not compile: never_awaited.cpp compiles, and without one of its words it fails
# with the given error. Calls the compiler, not the build: ctest runs tests in parallel, builds in one folder cannot.
set(check ${CMAKE_CXX_COMPILER} -std=c++20 -fsyntax-only
    "$<TARGET_PROPERTY:tvl-primitives,COMPILE_OPTIONS>"
    "-D$<JOIN:$<TARGET_PROPERTY:tvl-primitives,COMPILE_DEFINITIONS>,$<SEMICOLON>-D>"
    "-I$<JOIN:$<TARGET_PROPERTY:tvl-primitives,INCLUDE_DIRECTORIES>,$<SEMICOLON>-I>"
    ${CMAKE_CURRENT_SOURCE_DIR}/never_awaited.cpp)
add_test(NAME primitives.never_awaited.nothing_forgotten COMMAND ${check} COMMAND_EXPAND_LISTS)

set(dropped "error: ignoring return(ed)? value.*nodiscard")
# The message of clang, then of g++.
set(no_coroutine "error: (this function cannot be a coroutine|unable to find the promise type)")
function(tvl_must_not_compile name without reason)
  add_test(NAME primitives.never_awaited.${name} COMMAND ${check} -D${without} COMMAND_EXPAND_LISTS)
  # ctest then ignores the exit code; the message contains "error:".
  set_tests_properties(primitives.never_awaited.${name} PROPERTIES PASS_REGULAR_EXPRESSION "${reason}")
endfunction()
tvl_must_not_compile(asio "AWAIT_ASIO=" "${dropped}")
tvl_must_not_compile(plain "AWAIT_PLAIN=" "${dropped}")
tvl_must_not_compile(operation "AWAIT_OPERATION=" "${dropped}")
tvl_must_not_compile(generator "KEEP_GENERATOR=" "${dropped}")
tvl_must_not_compile(next "AWAIT_NEXT=" "${dropped}")
tvl_must_not_compile(future "KEEP_FUTURE=" "${dropped}")
tvl_must_not_compile(outside_a_coroutine "ASYNC=void" "${no_coroutine}")
