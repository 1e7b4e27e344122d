# The program that runs pairs for AArch64 in an emulator, made part of llmc_execution. Its sources
# are those that run pairs here; clang compiles them, with Debian's C and C++ libraries for AArch64
# (scripts/setup --aarch64). Where these are not there, llmc does without.
include_guard(GLOBAL)
find_program(LLMC_CROSS_CLANG NAMES clang++-19 clang++ HINTS ${LLVM_TOOLS_BINARY_DIR})
set(runner_flags --target=aarch64-linux-gnu -std=c++23 -O2 -fno-exceptions -fno-rtti
    -ffunction-sections -fdata-sections -DFMT_HEADER_ONLY -D_GNU_SOURCE)
set(runner_link_flags --target=aarch64-linux-gnu -static -fuse-ld=lld -Wl,--gc-sections -Wl,-s)

if(LLMC_CROSS_CLANG AND NOT DEFINED LLMC_RUNNER_BUILDS)
  set(probe ${CMAKE_BINARY_DIR}/aarch64/probe)
  file(WRITE ${probe}.cpp "#include <expected>\n#include <fmt/format.h>\n"
       "int main() { return std::expected<std::string, int>(fmt::format(\"{}\", 0))->size(); }\n")
  execute_process(COMMAND ${LLMC_CROSS_CLANG} ${runner_flags} ${runner_link_flags} -o ${probe}
                          ${probe}.cpp RESULT_VARIABLE result OUTPUT_QUIET ERROR_QUIET)
  if(result EQUAL 0)
    set(LLMC_RUNNER_BUILDS ON CACHE INTERNAL "clang makes static programs for AArch64")
  endif()
endif()

if(NOT LLMC_RUNNER_BUILDS)
  message(STATUS "llmc executes no AArch64 code: clang has no C++ libraries for it "
                 "(scripts/setup --aarch64 installs them)")
  return()
endif()

set(runner_objects)
foreach(source calls inputs judge native pair_judge process request runner trampoline_aarch64
               emulated/main emulated/refuse)
  set(source_file ${CMAKE_SOURCE_DIR}/src/execution/${source}.cpp)
  set(object ${CMAKE_BINARY_DIR}/aarch64/${source}.o)
  cmake_path(GET object PARENT_PATH folder)
  file(MAKE_DIRECTORY ${folder})
  add_custom_command(
    OUTPUT ${object}
    COMMAND ${LLMC_CROSS_CLANG} ${runner_flags} -I${CMAKE_SOURCE_DIR}/src -MD -MF ${object}.d
            -c ${source_file} -o ${object}
    DEPENDS ${source_file}
    DEPFILE ${object}.d
    COMMENT "Building ${source}.cpp for AArch64"
    VERBATIM)
  list(APPEND runner_objects ${object})
endforeach()
set(runner ${CMAKE_BINARY_DIR}/aarch64/run-pair)
add_custom_command(
  OUTPUT ${runner}
  COMMAND ${LLMC_CROSS_CLANG} ${runner_link_flags} -o ${runner} ${runner_objects}
  DEPENDS ${runner_objects}
  COMMENT "Linking the program that runs AArch64 code"
  VERBATIM)
set(holder ${CMAKE_SOURCE_DIR}/src/execution/runner_program.cpp)
set_source_files_properties(${holder} PROPERTIES
  COMPILE_DEFINITIONS LLMC_AARCH64_RUNNER="${runner}"
  OBJECT_DEPENDS ${runner})
