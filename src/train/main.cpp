#include "train/cli/commands.h"

int main(int argc, char** argv) { return llmc::train::run_command_line(argc, argv); }
