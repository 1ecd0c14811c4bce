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

# nvmf_precompile(TARGET): the target's sources begin with cmake/precompiled.hpp, which is compiled
# once for all of them.
option(NVMF_PRECOMPILED "read the common headers once (precompiled header)" ON)
function(nvmf_precompile target)
  if(NOT NVMF_PRECOMPILED)
    return()
  endif()
  if(NOT TARGET nvmf_precompiled)
    file(WRITE "${CMAKE_BINARY_DIR}/precompiled.cpp.in" "")
    configure_file("${CMAKE_BINARY_DIR}/precompiled.cpp.in" "${CMAKE_BINARY_DIR}/precompiled.cpp" COPYONLY)
    add_library(nvmf_precompiled OBJECT "${CMAKE_BINARY_DIR}/precompiled.cpp")
    target_link_libraries(nvmf_precompiled PRIVATE fmt::fmt tl::expected)
    target_precompile_headers(nvmf_precompiled PRIVATE "${CMAKE_SOURCE_DIR}/cmake/precompiled.hpp")
  endif()
  target_precompile_headers(${target} REUSE_FROM nvmf_precompiled)
endfunction()
