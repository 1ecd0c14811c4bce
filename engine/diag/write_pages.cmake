# cmake -DPAGES=FOLDER -DOUTPUT=FILE -P write_pages.cmake
#
# Writes diag::catalogue() (catalogue.hpp) from FOLDER/NVP203.md and its like. A page:
#
#     ---
#     slug: unknown-key
#     severity: error                    error, warning, info or on-request
#     needs-host: true                   only where `check --host` alone looks for it
#     title: a key that is not known
#     ---
#
#     Why it is reported and what to do, in sentences.
#
#     ## Bad
#
#     ```yaml
#     A part of a policy that has it.
#     ```
#
#     ## Good
#
#     ```yaml
#     The same put right.
#     ```
#
# A page without the two examples has neither heading: the code is reserved.
cmake_minimum_required(VERSION 3.25)

# cut(TEXT MARK BEFORE AFTER): what is before the first MARK in TEXT and what is behind it; without
# a MARK all of it is before, and AFTER is empty.
function(cut text mark before after)
  string(FIND "${text}" "${mark}" at)
  if(at EQUAL -1)
    set(${before} "${text}" PARENT_SCOPE)
    set(${after} "" PARENT_SCOPE)
    return()
  endif()
  string(SUBSTRING "${text}" 0 ${at} head)
  string(LENGTH "${mark}" length)
  math(EXPR behind "${at} + ${length}")
  string(SUBSTRING "${text}" ${behind} -1 tail)
  set(${before} "${head}" PARENT_SCOPE)
  set(${after} "${tail}" PARENT_SCOPE)
endfunction()

# field(FRONT NAME OUT): the value of a line `NAME: value`; empty if there is none.
function(field front name out)
  set(${out} "" PARENT_SCOPE)
  if("\n${front}\n" MATCHES "\n${name}: ([^\n]+)\n")
    set(${out} "${CMAKE_MATCH_1}" PARENT_SCOPE)
  endif()
endfunction()

# example(REST HEADING BEFORE OUT AFTER): the fenced text below HEADING.
function(example rest heading before out after)
  cut("${rest}" "\n## ${heading}\n\n```yaml\n" head tail)
  cut("${tail}" "\n```\n" text behind)
  set(${before} "${head}" PARENT_SCOPE)
  set(${out} "${text}" PARENT_SCOPE)
  set(${after} "${behind}" PARENT_SCOPE)
endfunction()

set(mark "page")
set(rows "")
file(GLOB pages LIST_DIRECTORIES FALSE "${PAGES}/*")
list(SORT pages)
foreach(page IN LISTS pages)
  cmake_path(GET page FILENAME name)
  if(NOT name MATCHES "^NVP([1-9][0-9][0-9])\\.md$")
    message(FATAL_ERROR "${page}: the name of a page is its code, as in NVP203.md")
  endif()
  set(code "${CMAKE_MATCH_1}")
  file(READ "${page}" content)
  if(NOT content MATCHES "^---\n")
    message(FATAL_ERROR "${page}: a page begins with a line `---`")
  endif()
  string(SUBSTRING "${content}" 4 -1 content)
  cut("${content}" "\n---\n\n" front body)
  foreach(key IN ITEMS slug severity title needs-host)
    field("${front}" ${key} ${key})
  endforeach()
  example("${body}" Bad why bad body)
  example("${body}" Good between good rest)
  string(STRIP "${why}" why)
  string(REPLACE "\n" " " why "${why}")

  string(REPLACE "-" "_" severity "${severity}")
  if(NOT severity MATCHES "^(error|warning|info|on_request)$")
    message(FATAL_ERROR "${page}: `severity` is error, warning, info or on-request")
  endif()
  if(slug STREQUAL "" OR title STREQUAL "" OR why STREQUAL "")
    message(FATAL_ERROR "${page}: a page needs `slug`, `title` and a text")
  endif()
  if((bad STREQUAL "" AND NOT good STREQUAL "") OR (good STREQUAL "" AND NOT bad STREQUAL "")
     OR NOT between STREQUAL "" OR NOT rest STREQUAL "")
    message(FATAL_ERROR "${page}: below the text are `## Bad` and `## Good`, each with a fenced example")
  endif()
  set(host false)
  if(needs-host STREQUAL "true")
    set(host true)
  endif()
  string(APPEND rows "    {${code}, \"${slug}\", ${severity},\n"
                     "     R\"${mark}(${title})${mark}\",\n"
                     "     R\"${mark}(${why})${mark}\",\n"
                     "     R\"${mark}(${bad})${mark}\",\n"
                     "     R\"${mark}(${good})${mark}\", ${host}},\n")
endforeach()

file(WRITE "${OUTPUT}" "// Written by write_pages.cmake from engine/diag/pages.
#include \"diag/catalogue.hpp\"

namespace nvmf::diag {

namespace {

using enum Severity;
constexpr CatalogueEntry pages[] = {
${rows}};

} // namespace

std::span<const CatalogueEntry> catalogue() { return pages; }

} // namespace nvmf::diag
")
