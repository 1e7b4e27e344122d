typedef unsigned long size_t;

size_t count_words(const char* text) {
  size_t words = 0;
  int inside = 0;
  for (; *text; ++text) {
    int space = *text == ' ' || *text == '\n' || *text == '\t';
    if (inside && space) inside = 0;
    else if (!inside && !space) inside = 1, ++words;
  }
  return words;
}

int same(const char* a, const char* b) {
  while (*a && *a == *b) ++a, ++b;
  return *a == *b;
}
