# Finds libtorch: TORCH_LIBRARIES, TORCH_INCLUDE_DIRS, Torch_FOUND as find_package(Torch) sets them.
#
# The configuration that comes with a libtorch for CUDA asks for the whole CUDA toolkit, its compiler
# and a GPU that answers, of which the trainer needs nothing: it calls libtorch alone. Such a libtorch
# is linked as the files that it is. CMAKE_PREFIX_PATH is its folder, or share/cmake in it.
find_library(LLMC_TORCH_CUDA torch_cuda PATH_SUFFIXES lib ../../lib)
find_library(LLMC_TORCH torch PATH_SUFFIXES lib ../../lib)
find_path(LLMC_TORCH_INCLUDE torch/csrc/autograd/autograd.h PATH_SUFFIXES include ../../include)
if(LLMC_TORCH_CUDA AND LLMC_TORCH AND LLMC_TORCH_INCLUDE)
  get_filename_component(torch_folder "${LLMC_TORCH}" DIRECTORY)
  set(TORCH_INCLUDE_DIRS "${LLMC_TORCH_INCLUDE}" "${LLMC_TORCH_INCLUDE}/torch/csrc/api/include")
  add_library(llmc_torch INTERFACE)
  # What its files need of each other and of CUDA is found when the program starts. They register
  # what they can do, so all are kept, called or not.
  target_link_options(llmc_torch INTERFACE "LINKER:--allow-shlib-undefined")
  target_link_libraries(llmc_torch INTERFACE
    "-Wl,--push-state,--no-as-needed" "${LLMC_TORCH}" "${torch_folder}/libtorch_cpu.so"
    "${LLMC_TORCH_CUDA}" "${torch_folder}/libc10_cuda.so" "${torch_folder}/libc10.so"
    "-Wl,--pop-state")
  target_compile_definitions(llmc_torch INTERFACE LLMC_TRAIN_CUDA)
  # Packages before 2.6 may have been built with the old names of std::string.
  set(torch_config "${torch_folder}/../share/cmake/Torch/TorchConfig.cmake")
  if(EXISTS "${torch_config}")
    file(STRINGS "${torch_config}" old_strings REGEX "D_GLIBCXX_USE_CXX11_ABI=0")
    if(old_strings)
      target_compile_definitions(llmc_torch INTERFACE _GLIBCXX_USE_CXX11_ABI=0)
    endif()
  endif()
  set(TORCH_LIBRARIES llmc_torch)
  set(Torch_FOUND TRUE)
  message(STATUS "llmc-train: libtorch for CUDA in ${torch_folder}")
elseif(TARGET llmc_support)
  find_package(Torch QUIET)
else()
  find_package(Torch REQUIRED)
endif()
