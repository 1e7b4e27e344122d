// The data of an object, cut into pieces. Internal to this folder.
#pragma once

#include <vector>

#include "assembly/object_code.h"

namespace llmc {

/// Adds to `unit` the data of all sections of `file`. Names the places that data refers to, so that
/// labels of code are complete afterwards. `code` is
/// that of the functions of `places`.
void add_object_data(const ObjectFile& file, ObjectPlaces& places,
                     const std::vector<DecodedCode>& code, AsmUnit& unit);

}  // namespace llmc
