# librdkafka, as the target leadclock::rdkafka.
#
# LEADCLOCK_RDKAFKA=pinned (the default): 2.15.1, built from source by
# scripts/librdkafka. LEADCLOCK_RDKAFKA=system: what the system has; before
# 2.4 it may deliver again, and lose messages of batch reads, so that
# `leadclock run` warns.
#
# Under ThreadSanitizer librdkafka is built with it too: its threads and locks
# are most of what there is to see.

set(LEADCLOCK_RDKAFKA pinned CACHE STRING "librdkafka: pinned or system")
set_property(CACHE LEADCLOCK_RDKAFKA PROPERTY STRINGS pinned system)

add_library(leadclock_rdkafka INTERFACE)
add_library(leadclock::rdkafka ALIAS leadclock_rdkafka)

if(LEADCLOCK_RDKAFKA STREQUAL "system")
  find_package(PkgConfig REQUIRED)
  pkg_check_modules(RDKAFKA REQUIRED IMPORTED_TARGET rdkafka)
  target_link_libraries(leadclock_rdkafka INTERFACE PkgConfig::RDKAFKA)
elseif(LEADCLOCK_RDKAFKA STREQUAL "pinned")
  set(_prefix "${CMAKE_SOURCE_DIR}/.deps/librdkafka-2.15.1")
  set(_variant)
  if(LEADCLOCK_SANITIZE STREQUAL "thread")
    set(_prefix "${_prefix}-thread")
    set(_variant thread)
  endif()
  execute_process(COMMAND "${CMAKE_SOURCE_DIR}/scripts/librdkafka" "${_prefix}"
                          ${_variant}
                  RESULT_VARIABLE _failed)
  if(_failed)
    message(FATAL_ERROR "scripts/librdkafka failed; its output says why. "
            "-DLEADCLOCK_RDKAFKA=system uses the system's librdkafka.")
  endif()
  find_package(ZLIB REQUIRED)
  target_include_directories(leadclock_rdkafka SYSTEM INTERFACE
                             "${_prefix}/include")
  find_library(_zstd zstd REQUIRED)
  find_library(_lz4 lz4 REQUIRED)
  find_library(_sasl sasl2 REQUIRED)
  target_link_libraries(leadclock_rdkafka INTERFACE
    "${_prefix}/lib/librdkafka.a" ${_zstd} ${_lz4} ${_sasl}
    OpenSSL::SSL OpenSSL::Crypto ZLIB::ZLIB Threads::Threads m
    ${CMAKE_DL_LIBS})
else()
  message(FATAL_ERROR "LEADCLOCK_RDKAFKA is pinned or system, "
          "not '${LEADCLOCK_RDKAFKA}'")
endif()
