# The debug information of the installed programs, each under its build id, where debuggers look:
#
#     cmake --install BUILD --component debug
#
# for a build that has some (preset `debug-info`). It is not part of a usual installation.
find_program(NVMF_READELF readelf)
set(code [=[
foreach(program IN LISTS programs)
  execute_process(COMMAND "${readelf}" --notes "${program}" OUTPUT_VARIABLE notes COMMAND_ERROR_IS_FATAL ANY)
  execute_process(COMMAND "${readelf}" --sections --wide "${program}" OUTPUT_VARIABLE sections
                  COMMAND_ERROR_IS_FATAL ANY)
  if(NOT sections MATCHES "\\.debug_info" OR NOT notes MATCHES "Build ID: ([0-9a-f][0-9a-f])([0-9a-f]+)")
    message(FATAL_ERROR "${program} has no debug information: it needs the preset `debug-info`")
  endif()
  set(file "$ENV{DESTDIR}${libdir}/debug/.build-id/${CMAKE_MATCH_1}/${CMAKE_MATCH_2}.debug")
  cmake_path(GET file PARENT_PATH folder)
  file(MAKE_DIRECTORY "${folder}")
  execute_process(COMMAND "${objcopy}" --only-keep-debug "${program}" "${file}" COMMAND_ERROR_IS_FATAL ANY)
  message(STATUS "Installing: ${file}")
endforeach()
]=])
install(CODE "set(programs \"$<TARGET_FILE:nvmf-policy>;$<TARGET_FILE:nvmf-connect>\")
set(readelf \"${NVMF_READELF}\")
set(objcopy \"${CMAKE_OBJCOPY}\")
set(libdir \"${CMAKE_INSTALL_PREFIX}/lib\")
${code}" COMPONENT debug EXCLUDE_FROM_ALL)
