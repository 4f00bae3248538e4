# leadclock_module(NAME SOURCES a.cc b.cc MAY_KNOW targets...)
#
# One library, leadclock::NAME. MAY_KNOW is the whole list of what it may
# include; tests/dependencies_test.py holds the folders against it.
function(leadclock_module name)
  cmake_parse_arguments(arg "" "" "SOURCES;MAY_KNOW" ${ARGN})
  add_library(leadclock_${name} STATIC ${arg_SOURCES})
  add_library(leadclock::${name} ALIAS leadclock_${name})
  target_include_directories(leadclock_${name} PUBLIC "${CMAKE_SOURCE_DIR}")
  target_link_libraries(leadclock_${name} PUBLIC ${arg_MAY_KNOW}
                        PRIVATE leadclock::flags)
endfunction()
