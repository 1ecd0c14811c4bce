# cmake -DSCHEMAS=NAME=FILE;... -DFOLDER=FOLDER -DOUTPUT=OUTPUT -P write_schemas.cmake
#
# Writes cli::schemas() (schemas.hpp) from FOLDER/FILE.schema.json, each under its NAME.
cmake_minimum_required(VERSION 3.25)

set(rows "")
foreach(schema IN LISTS SCHEMAS)
  if(NOT schema MATCHES "^([a-z]+)=([-a-z0-9]+)$")
    message(FATAL_ERROR "`${schema}` is not NAME=FILE")
  endif()
  set(name "${CMAKE_MATCH_1}")
  file(READ "${FOLDER}/${CMAKE_MATCH_2}.schema.json" text)
  string(APPEND rows "    {\"${name}\", R\"schema(${text})schema\"},\n")
endforeach()

file(WRITE "${OUTPUT}" "// Written by write_schemas.cmake from schemas/.
#include \"cli/schemas.hpp\"

namespace nvmf::cli {

namespace {

constexpr Schema stored_schemas[] = {
${rows}};

} // namespace

std::span<const Schema> schemas() { return stored_schemas; }

} // namespace nvmf::cli
")
