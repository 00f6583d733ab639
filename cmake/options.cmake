# Compiler options shared by every target: warnings, sanitizers, linking, ccache.
option(PROVISIONING_WERROR "treat warnings as errors" OFF)
option(PROVISIONING_FUZZ "build the fuzz targets with libFuzzer" OFF)
# Not while developing: a file must include what it uses, and ccache over a precompiled header hits only
# in the folder where it was filled. Full builds take half the time with it.
option(PROVISIONING_PCH "precompile the common headers" OFF)
set(PROVISIONING_SANITIZE "" CACHE STRING "sanitizers, as in -fsanitize=")
set(PROVISIONING_UNITY "0" CACHE STRING "sources compiled together in a batch; 0 is off")

find_program(ccache ccache)
if(ccache AND NOT CMAKE_CXX_COMPILER_LAUNCHER)
  # Relative paths and no working directory in the hash: another clone of the tree hits as well.
  set(CMAKE_CXX_COMPILER_LAUNCHER ${CMAKE_COMMAND} -E env CCACHE_BASEDIR=${CMAKE_SOURCE_DIR}
      CCACHE_NOHASHDIR=1
      CCACHE_SLOPPINESS=pch_defines,time_macros,include_file_mtime,include_file_ctime ${ccache})
endif()

add_library(options INTERFACE)
target_compile_options(options INTERFACE $<$<COMPILE_LANGUAGE:CXX>:
  -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wnon-virtual-dtor -Woverloaded-virtual
  -Wimplicit-fallthrough -Wno-missing-designated-field-initializers -Wno-deprecated-declarations
  -ffile-prefix-map=${CMAKE_SOURCE_DIR}/=
  $<$<BOOL:${PROVISIONING_WERROR}>:-Werror>
  # With a timestamp inside, a cache would never know a precompiled header again.
  $<$<BOOL:${PROVISIONING_PCH}>:SHELL:-Xclang -fno-pch-timestamp>>)
find_package(Threads REQUIRED)
target_link_libraries(options INTERFACE Threads::Threads)

if(PROVISIONING_SANITIZE)
  set(sanitize -fsanitize=${PROVISIONING_SANITIZE} -fno-sanitize-recover=all -fno-omit-frame-pointer)
  target_compile_options(options INTERFACE $<$<COMPILE_LANGUAGE:CXX>:${sanitize}>)
  target_link_options(options INTERFACE ${sanitize})
  if(PROVISIONING_FUZZ)
    target_compile_options(options INTERFACE $<$<COMPILE_LANGUAGE:CXX>:-fsanitize=fuzzer-no-link>)
  endif()
else()
  target_link_options(options INTERFACE -static-libstdc++ -static-libgcc)
endif()

# A start is mostly page faults: relative relocations packed (they are 640 KB otherwise; needs glibc 2.36),
# and the constructors of static data beside each other.
if(CMAKE_EXE_LINKER_FLAGS MATCHES "lld")
  include(CheckCXXSourceRuns)
  set(CMAKE_REQUIRED_LINK_OPTIONS -Wl,-z,pack-relative-relocs -Wl,-z,keep-text-section-prefix)
  check_cxx_source_runs("int main() { return 0; }" PROVISIONING_PACKS_RELOCATIONS)
  if(PROVISIONING_PACKS_RELOCATIONS)
    target_link_options(options INTERFACE ${CMAKE_REQUIRED_LINK_OPTIONS})
  endif()
  unset(CMAKE_REQUIRED_LINK_OPTIONS)
endif()

if(PROVISIONING_UNITY)
  set(CMAKE_UNITY_BUILD ON)
  set(CMAKE_UNITY_BUILD_BATCH_SIZE ${PROVISIONING_UNITY})
endif()
