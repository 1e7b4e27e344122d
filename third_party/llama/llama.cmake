# llama.cpp as scripts/setup-llama installs it. Sets LLMC_LLAMA_FOUND, and where it is true makes the
# targets
#
#   llmc_llama  libllama and libggml, with their headers and LLMC_LLAMA_BACKENDS, the folder that
#               ggml_backend_load_all_from_path wants
#   llmc_ggml   libggml-base alone: files and number formats
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

# For scripts/build, which configures again once llama.cpp has been installed.
set(LLMC_LLAMA_CONFIGURED "${LLMC_LLAMA_FOUND}" CACHE INTERNAL "")
