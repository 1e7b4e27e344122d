// llmc eval compare, llmc eval merge.
#pragma once

#include <string>
#include <vector>

namespace llmc {

int run_eval_compare(const std::vector<std::string>& arguments);
int run_eval_merge(const std::vector<std::string>& arguments);

}  // namespace llmc
