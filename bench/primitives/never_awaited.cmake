# A coroutine that is never awaited does not compile: never_awaited.cpp without one of its words must fail, for the
# reason given, and with all of them it must not. Not by building targets: ctest runs tests side by side, and two builds
# in one folder cannot.
set(check ${CMAKE_CXX_COMPILER} -std=c++20 -fsyntax-only
    "$<TARGET_PROPERTY:tvl-primitives,COMPILE_OPTIONS>"
    "-D$<JOIN:$<TARGET_PROPERTY:tvl-primitives,COMPILE_DEFINITIONS>,$<SEMICOLON>-D>"
    "-I$<JOIN:$<TARGET_PROPERTY:tvl-primitives,INCLUDE_DIRECTORIES>,$<SEMICOLON>-I>"
    ${CMAKE_CURRENT_SOURCE_DIR}/never_awaited.cpp)
add_test(NAME primitives.never_awaited.nothing_forgotten COMMAND ${check} COMMAND_EXPAND_LISTS)

set(dropped "error: ignoring return(ed)? value.*nodiscard")
# clang's words, then g++'s.
set(no_coroutine "error: (this function cannot be a coroutine|unable to find the promise type)")
function(tvl_must_not_compile name without reason)
  add_test(NAME primitives.never_awaited.${name} COMMAND ${check} -D${without} COMMAND_EXPAND_LISTS)
  # The exit code does not count then, but after an "error:" it is known.
  set_tests_properties(primitives.never_awaited.${name} PROPERTIES PASS_REGULAR_EXPRESSION "${reason}")
endfunction()
tvl_must_not_compile(asio "AWAIT_ASIO=" "${dropped}")
tvl_must_not_compile(plain "AWAIT_PLAIN=" "${dropped}")
tvl_must_not_compile(operation "AWAIT_OPERATION=" "${dropped}")
tvl_must_not_compile(generator "KEEP_GENERATOR=" "${dropped}")
tvl_must_not_compile(next "AWAIT_NEXT=" "${dropped}")
tvl_must_not_compile(future "KEEP_FUTURE=" "${dropped}")
tvl_must_not_compile(outside_a_coroutine "ASYNC=void" "${no_coroutine}")
