// The program of figure 1 of the LLM Compiler paper, more or less.
int add_two(int a, int b) { return a + b; }
