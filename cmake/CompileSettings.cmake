# Language level, warnings and hardening that every target of this project shares.
set(CMAKE_CXX_STANDARD 20)
set(CMAKE_CXX_STANDARD_REQUIRED ON)
set(CMAKE_CXX_EXTENSIONS OFF)
set(CMAKE_POSITION_INDEPENDENT_CODE ON)
include(CheckPIESupported)
check_pie_supported(LANGUAGES CXX) # says at the link, too, what the line above says to the compiler

set(NVMF_SANITIZE "" CACHE STRING "sanitizers, as -fsanitize= takes them")

# For development and CI, switched on by the presets. A distribution has hardening flags, a linker and
# a compiler cache of its own, and compilers whose new warnings must not stop its build: without this
# option CXXFLAGS and LDFLAGS decide.
option(NVMF_STRICT "warnings are errors; our own hardening flags; ccache and lld where installed" OFF)

add_compile_options(-Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wnon-virtual-dtor
                    -Woverloaded-virtual)
if(NVMF_STRICT)
  add_compile_options(-Werror)
endif()
if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
  # g++ 12 reports false positives of these two inside its own <string> and <variant> at -O2.
  add_compile_options(-Wno-restrict -Wno-maybe-uninitialized)
  # Designated initialisers name the members that matter; the rest have defaults.
  add_compile_options(-Wno-missing-field-initializers)
else()
  # clang counts changes of sign to -Wconversion, g++ does not in C++; and see above.
  add_compile_options(-Wno-sign-conversion -Wno-missing-field-initializers)
endif()

if(NVMF_SANITIZE)
  add_compile_options(-fsanitize=${NVMF_SANITIZE} -fno-sanitize-recover=all -fno-omit-frame-pointer)
  add_link_options(-fsanitize=${NVMF_SANITIZE})
endif()

if(NVMF_FUZZ)
  # A fuzzer sees only what is instrumented: the whole engine, not the few lines of the fuzzer itself.
  add_compile_options(-fsanitize=fuzzer-no-link)
endif()

add_link_options(-Wl,--build-id=sha1) # lld's own default is shorter than debuggers' file names want

if(NVMF_STRICT)
  if(NOT NVMF_SANITIZE)
    add_compile_options(-fstack-protector-strong)
    add_link_options(-Wl,-z,relro,-z,now)
    include(CheckCXXCompilerFlag)
    set(optimised "$<CONFIG:Release,RelWithDebInfo>")
    # Level 3 knows the size of more buffers; a compiler that has only 2 takes it for that.
    if(NOT CMAKE_CXX_FLAGS MATCHES "_FORTIFY_SOURCE")
      add_compile_options("$<${optimised}:-D_FORTIFY_SOURCE=3>")
    endif()
    # An index out of range ends the program instead of reading what lies beside.
    add_compile_options("$<${optimised}:-D_GLIBCXX_ASSERTIONS>")
    foreach(flag -fstack-clash-protection -fcf-protection)
      string(MAKE_C_IDENTIFIER "NVMF_HAS${flag}" known)
      check_cxx_compiler_flag(${flag} ${known}) # the latter is of x86 alone
      if(${known})
        add_compile_options("$<${optimised}:${flag}>")
      endif()
    endforeach()
  endif()
  find_program(NVMF_CCACHE ccache)
  if(NVMF_CCACHE AND NOT CMAKE_CXX_COMPILER_LAUNCHER)
    set(CMAKE_CXX_COMPILER_LAUNCHER "${NVMF_CCACHE}")
  endif()
  find_program(NVMF_LLD ld.lld)
  if(NVMF_LLD)
    add_link_options(-fuse-ld=lld)
  endif()
endif()
