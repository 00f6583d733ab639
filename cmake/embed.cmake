# embed(AREA FILE...): makes text files part of the program. Each becomes a constant
# `embedded::NAME_EXT` (std::string_view) of the generated header "embedded/AREA.hpp"; NAME is the file's
# name with what is not a letter or digit as underscore. The bytes are taken in by the assembler, so
# the cost does not grow with the size.
function(embed area)
  set(out ${CMAKE_BINARY_DIR}/embedded/${area})
  set(header "#pragma once\n\n#include <string_view>\n\n")
  set(constants "namespace embedded {\n\n")
  set(assembly ".section .rodata\n")
  foreach(file ${ARGN})
    cmake_path(ABSOLUTE_PATH file BASE_DIRECTORY ${CMAKE_SOURCE_DIR})
    cmake_path(GET file FILENAME name)
    string(MAKE_C_IDENTIFIER ${name} id)
    file(SIZE ${file} size)
    set(symbol embedded_${area}_${id})
    string(APPEND header "extern \"C\" const char ${symbol}[];\n")
    string(APPEND constants "constexpr std::string_view ${id}{${symbol}, ${size}};\n")
    string(APPEND assembly
      ".global ${symbol}\n.type ${symbol}, @object\n${symbol}:\n.incbin \"${file}\"\n.byte 0\n"
      ".size ${symbol}, .-${symbol}\n")
  endforeach()
  string(APPEND assembly ".section .note.GNU-stack,\"\",@progbits\n")
  file(CONFIGURE OUTPUT ${out}/embedded/${area}.hpp CONTENT "${header}\n${constants}\n}\n" @ONLY)
  file(CONFIGURE OUTPUT ${out}/${area}.S CONTENT "${assembly}" @ONLY)
  # A changed size changes the header: configure again when a file changes.
  set_property(DIRECTORY ${CMAKE_SOURCE_DIR} APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${ARGN})
  set_source_files_properties(${out}/${area}.S PROPERTIES OBJECT_DEPENDS "${ARGN}"
    SKIP_UNITY_BUILD_INCLUSION ON)
  target_sources(area_${area} PRIVATE ${out}/${area}.S)
  target_include_directories(area_${area} PUBLIC ${out})
endfunction()
