# Compiler flags for our own code. Warnings are errors; hardening follows the
# OpenSSF "Compiler Options Hardening Guide for C and C++", as far as the
# compiler at hand knows a flag.
#
# leadclock::flags carries them; every module links it privately.

include(CheckCXXCompilerFlag)

set(LEADCLOCK_SANITIZE "" CACHE STRING
    "Sanitizers, as -fsanitize= takes them; empty for none")
option(LEADCLOCK_FUZZ "Build the fuzz targets for libFuzzer (clang)" OFF)

add_library(leadclock_flags INTERFACE)
add_library(leadclock::flags ALIAS leadclock_flags)

target_compile_options(leadclock_flags INTERFACE
  -Wall -Wextra -Wpedantic -Werror
  -Wformat=2 -Wimplicit-fallthrough -Wconversion -Wsign-conversion
  -Wnon-virtual-dtor -Wold-style-cast -Woverloaded-virtual
  -Werror=format-security)

# What clang alone has, or has with fewer false alarms.
if(CMAKE_CXX_COMPILER_ID STREQUAL "Clang")
  target_compile_options(leadclock_flags INTERFACE
    -Wshadow -Wcomma -Wunreachable-code -Wunused-member-function)
endif()

function(_leadclock_flag flag)
  string(MAKE_C_IDENTIFIER "LEADCLOCK_HAS${flag}" known)
  check_cxx_compiler_flag("${flag}" ${known})
  if(${known})
    target_compile_options(leadclock_flags INTERFACE "${flag}")
  endif()
endfunction()

if(LEADCLOCK_FUZZ)
  # libFuzzer is led by what of our code an input reaches.
  add_compile_options(-fsanitize=fuzzer-no-link
    "-fsanitize-coverage-ignorelist=${CMAKE_SOURCE_DIR}/tests/fuzz/no_coverage.txt")
endif()
if(LEADCLOCK_SANITIZE)
  # Fortified and hardened calls hide what the sanitizers look for.
  add_compile_options(-fsanitize=${LEADCLOCK_SANITIZE}
                      -fno-sanitize-recover=all -fno-omit-frame-pointer)
  add_link_options(-fsanitize=${LEADCLOCK_SANITIZE})
else()
  _leadclock_flag(-fstack-protector-strong)
  _leadclock_flag(-fstack-clash-protection)
  _leadclock_flag(-fcf-protection=full)
  _leadclock_flag(-ftrivial-auto-var-init=zero)
  _leadclock_flag(-fno-delete-null-pointer-checks)
  _leadclock_flag(-fno-strict-overflow)
  _leadclock_flag(-fstrict-flex-arrays=3)
  target_compile_definitions(leadclock_flags INTERFACE
    _GLIBCXX_ASSERTIONS
    $<$<NOT:$<CONFIG:Debug>>:_FORTIFY_SOURCE=3>)
  set(CMAKE_POSITION_INDEPENDENT_CODE ON)
  include(CheckPIESupported)
  check_pie_supported(LANGUAGES CXX)
  add_link_options(-Wl,-z,relro -Wl,-z,now -Wl,-z,noexecstack
                   -Wl,-z,nodlopen -Wl,--as-needed)
endif()
