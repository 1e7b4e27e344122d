// What the rows of the table call: one function for each subcommand, in the file of its name.
#pragma once

#include <string>
#include <vector>

namespace llmc::train {

int run_export(const std::vector<std::string>& arguments);
int run_pack(const std::vector<std::string>& arguments);
int run_tokenizer(const std::vector<std::string>& arguments);

}  // namespace llmc::train
