#include "cli/command.h"

int main(int argc, char** argv) { return llmc::run_command_line(argc, argv); }
