# llama.cpp as scripts/setup-llama installs it. Sets LLMC_LLAMA_FOUND, and where it is true makes the
# targets
#
#   llmc_llama  libllama and libggml, with their headers and LLMC_LLAMA_BACKENDS, the folder that
#               ggml_backend_load_all_from_path wants
#   llmc_ggml   libggml-base alone: files and number formats
#
# llmc_llama_tools() makes llama.cpp's own programs, which tests and benchmarks compare with, in the
# folder llama/ of the run-time outputs.
include_guard(GLOBAL)
set(LLMC_LLAMA_FOLDER "${CMAKE_CURRENT_LIST_DIR}" CACHE PATH
    "Where scripts/setup-llama has installed llama.cpp")
set(llama_libraries
    "${LLMC_LLAMA_FOLDER}/node_modules/@node-llama-cpp/linux-x64/bins/linux-x64")
set(llama_source "${LLMC_LLAMA_FOLDER}/source")
file(GLOB llama_library "${llama_libraries}/libllama.v*.so")
file(GLOB ggml_library "${llama_libraries}/libggml.v*.so")
set(ggml_base_library "${llama_libraries}/libggml-base.so")

set(LLMC_LLAMA_FOUND OFF)
if(llama_library AND ggml_library AND EXISTS "${ggml_base_library}"
   AND EXISTS "${llama_source}/.installed")
  set(LLMC_LLAMA_FOUND ON)
  add_library(llmc_ggml INTERFACE)
  target_include_directories(llmc_ggml SYSTEM INTERFACE "${llama_source}/ggml/include")
  target_link_libraries(llmc_ggml INTERFACE "${ggml_base_library}")
  add_library(llmc_llama INTERFACE)
  target_include_directories(llmc_llama SYSTEM INTERFACE "${llama_source}/include")
  target_compile_definitions(llmc_llama INTERFACE LLMC_LLAMA_BACKENDS="${llama_libraries}")
  target_link_libraries(llmc_llama INTERFACE "${llama_library}" "${ggml_library}" llmc_ggml)
endif()

function(llmc_llama_tools)
  set(folder ${CMAKE_RUNTIME_OUTPUT_DIRECTORY}/llama)
  file(MAKE_DIRECTORY ${folder})
  # They look for their processor variants beside themselves.
  file(GLOB variants ${llama_libraries}/libggml-cpu-*.so)
  foreach(variant IN LISTS variants)
    cmake_path(GET variant FILENAME name)
    file(CREATE_LINK ${variant} ${folder}/${name} SYMBOLIC)
  endforeach()
  add_executable(llama-simple ${llama_source}/examples/simple/simple.cpp)
  add_executable(llama-perplexity ${llama_source}/tools/perplexity/main.cpp
                 ${llama_source}/tools/perplexity/perplexity.cpp)
  add_executable(llama-bench ${llama_source}/tools/llama-bench/main.cpp
                 ${llama_source}/tools/llama-bench/llama-bench.cpp)
  foreach(tool llama-simple llama-perplexity llama-bench)
    target_link_libraries(${tool} PRIVATE llmc_llama ${llama_libraries}/libllama-common.so)
    target_include_directories(${tool} SYSTEM PRIVATE ${llama_source}/common
                               ${llama_source}/vendor)
    target_compile_definitions(${tool} PRIVATE NDEBUG)
    set_target_properties(${tool} PROPERTIES RUNTIME_OUTPUT_DIRECTORY ${folder} UNITY_BUILD OFF)
  endforeach()
endfunction()

# For scripts/build, which configures again once llama.cpp has been installed.
set(LLMC_LLAMA_CONFIGURED "${LLMC_LLAMA_FOUND}" CACHE INTERNAL "")
