# nvmf_layer(NAME SOURCES file... [USES layer...] [LIBRARIES target...])
#
# One static library `nvmf_NAME` from the sources of engine/NAME. Its headers are seen as
# "NAME/header.hpp" by the layers that list it under USES (and, through them, by the layers below),
# and by nobody else: an include in the wrong direction does not compile. That works because each
# layer brings its own include directory, which holds nothing but a link to the layer's folder.
#
# LIBRARIES are third-party targets that the layer's headers show; PRIVATE_LIBRARIES those that only
# its sources use.
function(nvmf_layer name)
  cmake_parse_arguments(arg "" "" "SOURCES;USES;LIBRARIES;PRIVATE_LIBRARIES" ${ARGN})
  set(view "${CMAKE_BINARY_DIR}/layers/${name}")
  file(MAKE_DIRECTORY "${view}")
  file(CREATE_LINK "${CMAKE_CURRENT_SOURCE_DIR}" "${view}/${name}" SYMBOLIC)

  add_library(nvmf_${name} STATIC ${arg_SOURCES})
  target_include_directories(nvmf_${name} PUBLIC "${view}")
  list(TRANSFORM arg_USES PREPEND nvmf_)
  target_link_libraries(nvmf_${name} PUBLIC ${arg_USES} ${arg_LIBRARIES}
                                     PRIVATE ${arg_PRIVATE_LIBRARIES})
  nvmf_precompile(nvmf_${name})
endfunction()

# Compiles several sources of a folder as one translation unit, which is quicker by half when
# everything is built and slower when one file has changed. Names in anonymous namespaces are
# therefore unique within a folder.
option(NVMF_UNITY "compile several sources as one" OFF)
if(NVMF_UNITY)
  set(CMAKE_UNITY_BUILD ON)
  if(NOT DEFINED CMAKE_UNITY_BUILD_BATCH_SIZE)
    set(CMAKE_UNITY_BUILD_BATCH_SIZE 10)
  endif()
endif()

# nvmf_compile_quickly(TARGET): without optimisation, whatever the configuration: for the code of
# tests, which takes longer to optimise than to run.
function(nvmf_compile_quickly target)
  target_compile_options(${target} PRIVATE -O0 -U_FORTIFY_SOURCE)
endfunction()

# nvmf_precompile(TARGET): the target's sources begin with cmake/precompiled.hpp, which is compiled
# once for all libraries, and once with doctest for all unit tests, whose compiler flags differ.
option(NVMF_PRECOMPILED "read the common headers once (precompiled header)" ON)
function(nvmf_precompile target)
  if(NOT NVMF_PRECOMPILED)
    return()
  endif()
  get_target_property(type ${target} TYPE)
  if(type STREQUAL "EXECUTABLE")
    set(holder nvmf_precompiled_test)
    set(also doctest::doctest)
  else()
    set(holder nvmf_precompiled)
    set(also "")
  endif()
  if(NOT TARGET ${holder})
    file(CONFIGURE OUTPUT "${CMAKE_BINARY_DIR}/${holder}.cpp" CONTENT "")
    add_library(${holder} OBJECT "${CMAKE_BINARY_DIR}/${holder}.cpp")
    target_link_libraries(${holder} PRIVATE fmt::fmt tl::expected ${also})
    target_precompile_headers(${holder} PRIVATE "${CMAKE_SOURCE_DIR}/cmake/precompiled.hpp")
    if(also)
      target_precompile_headers(${holder} PRIVATE <doctest/doctest.h>)
      set_target_properties(${holder} PROPERTIES POSITION_INDEPENDENT_CODE OFF)
      target_compile_options(${holder} PRIVATE -fPIE) # as CMake compiles programs
      nvmf_compile_quickly(${holder})
    endif()
  endif()
  target_precompile_headers(${target} REUSE_FROM ${holder})
endfunction()
