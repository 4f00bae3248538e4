# Every library that Leadclock stands on. Debian 12's packages, but for
# librdkafka, which cmake/Librdkafka.cmake brings.

find_package(Threads REQUIRED)
find_package(Protobuf REQUIRED)
find_package(absl REQUIRED)
find_package(yaml-cpp REQUIRED)
find_package(LibIcal REQUIRED)
find_package(RocksDB REQUIRED)
find_package(spdlog REQUIRED)
find_package(CLI11 REQUIRED)
find_package(Boost 1.74 REQUIRED)
find_package(prometheus-cpp REQUIRED COMPONENTS core)
find_package(OpenSSL REQUIRED)
find_package(Catch2 2 REQUIRED)
find_package(benchmark REQUIRED)
include(Librdkafka)

# A faster malloc for what runs long; a sanitizer brings its own. Linked to
# executables: it replaces malloc for all of a process.
add_library(leadclock_malloc INTERFACE)
add_library(leadclock::malloc ALIAS leadclock_malloc)
if(NOT LEADCLOCK_SANITIZE)
  find_library(_jemalloc jemalloc REQUIRED)
  target_link_libraries(leadclock_malloc INTERFACE ${_jemalloc})
endif()
