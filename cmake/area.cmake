# area(NAME): src/NAME/**/*.cpp without tests, as the OBJECT library area_NAME. Objects are linked
# straight into the executables, so that self-registering files are never dropped.
function(area name)
  file(GLOB_RECURSE sources CONFIGURE_DEPENDS ${CMAKE_SOURCE_DIR}/src/${name}/*.cpp)
  list(FILTER sources EXCLUDE REGEX "_(test|fuzz)\\.cpp$")
  list(FILTER sources EXCLUDE REGEX "/main\\.cpp$")
  add_library(area_${name} OBJECT ${sources})
  target_include_directories(area_${name} PUBLIC ${CMAKE_SOURCE_DIR}/src)
endfunction()

# link_areas(TARGET AREA...): links the objects of these areas into an executable.
function(link_areas target)
  foreach(name ${ARGN})
    target_link_libraries(${target} PRIVATE area_${name})
  endforeach()
endfunction()

# area_tests(NAME AREAS ...): src/NAME/**/*_test.cpp as one test executable NAME_test.
function(area_tests name)
  cmake_parse_arguments(arg "" "" "AREAS" ${ARGN})
  file(GLOB_RECURSE sources CONFIGURE_DEPENDS ${CMAKE_SOURCE_DIR}/src/${name}/*_test.cpp)
  if(NOT sources)
    return()
  endif()
  add_executable(${name}_test ${sources})
  link_areas(${name}_test ${arg_AREAS})
  target_link_libraries(${name}_test PRIVATE gtest gtest_main)
  add_test(NAME ${name} COMMAND ${name}_test WORKING_DIRECTORY ${CMAKE_SOURCE_DIR})
endfunction()
