static int step(int n) { return n % 2 ? 3 * n + 1 : n / 2; }

int collatz(int n) {
  int steps = 0;
  while (n != 1) {
    n = step(n);
    ++steps;
  }
  return steps;
}

int table[16];

void fill(void) {
  for (int i = 0; i < 16; ++i) table[i] = collatz(i + 1);
}
