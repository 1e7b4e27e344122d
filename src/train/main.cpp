#include "train/cli/command.h"

int main(int argc, char** argv) { return llmc::train::run_command_line(argc, argv); }
