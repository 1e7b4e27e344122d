#include <stdio.h>
#include <string.h>

static unsigned longest(int count, char** words) {
  unsigned most = 0;
  for (int i = 1; i < count; ++i) {
    unsigned length = (unsigned)strlen(words[i]);
    if (length > most) most = length;
  }
  return most;
}

int main(int count, char** words) {
  char letters[26] = {0};
  for (int i = 1; i < count; ++i)
    for (const char* at = words[i]; *at != 0; ++at)
      if (*at >= 'a' && *at <= 'z') ++letters[*at - 'a'];
  for (int i = 0; i < 26; ++i)
    if (letters[i] != 0) printf("%c %d\n", 'a' + i, letters[i]);
  printf("longest %u\n", longest(count, words));
  return 0;
}
