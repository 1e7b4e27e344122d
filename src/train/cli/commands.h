// The subcommands of llmc-train: one function for each, in the file of its name.
#pragma once

#include <string>
#include <vector>

namespace llmc::train {

/// Finds the subcommand and runs it; the whole of `main`.
int run_command_line(int argc, char** argv);

int run_answer(const std::vector<std::string>& arguments);
int run_bench(const std::vector<std::string>& arguments);
int run_evaluate(const std::vector<std::string>& arguments);
int run_export(const std::vector<std::string>& arguments);
int run_pack(const std::vector<std::string>& arguments);
int run_run(const std::vector<std::string>& arguments);
int run_tokenizer(const std::vector<std::string>& arguments);

}  // namespace llmc::train
