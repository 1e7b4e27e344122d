/* A string-keyed hash map with open addressing.
 *
 * Entries probe linearly in Robin Hood order: one slot further along a run, an entry is at most one
 * step further from its home slot. A lookup can therefore stop at the first entry that is closer to
 * its home than the wanted key would be. Deletion shifts the rest of the run back by one slot,
 * which leaves no tombstones behind.
 */
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef struct MapEntry {
  char *key; /* NULL for an empty slot; owned by the map */
  uint32_t hash;
  int64_t value;
} MapEntry;

/* A zeroed map is a valid empty map. `capacity` is zero or a power of two. */
typedef struct HashMap {
  MapEntry *entries;
  size_t capacity;
  size_t size;
} HashMap;

typedef enum PutResult { k_put_inserted, k_put_replaced, k_put_no_memory } PutResult;

enum { k_min_capacity = 8 };

/* FNV-1a with a final mix, since the slot index uses the low bits only. */
static uint32_t hash_string(const char *key) {
  uint32_t hash = 2166136261u;
  for (; *key != '\0'; key++) hash = (hash ^ (uint8_t)*key) * 16777619u;
  hash ^= hash >> 15;
  return hash * 0x2c1b3c6du;
}

/* How far the entry in `slot` is from its home slot. */
static size_t probe_distance(const HashMap *map, size_t slot) {
  return (slot - map->entries[slot].hash) & (map->capacity - 1);
}

/* The load may reach 7/8 before the table doubles. */
static bool is_full(size_t size, size_t capacity) { return size * 8 >= capacity * 7; }

/* Places an entry whose key is not in the map. The table has a free slot. */
static void place_entry(HashMap *map, MapEntry entry) {
  size_t mask = map->capacity - 1;
  size_t slot = entry.hash & mask;
  for (size_t distance = 0; map->entries[slot].key != NULL; distance++) {
    size_t resident = probe_distance(map, slot);
    if (resident < distance) {
      MapEntry displaced = map->entries[slot];
      map->entries[slot] = entry;
      entry = displaced;
      distance = resident;
    }
    slot = (slot + 1) & mask;
  }
  map->entries[slot] = entry;
}

/* Moves all entries to a table of `capacity` slots. On failure the map is unchanged. */
static bool resize_table(HashMap *map, size_t capacity) {
  HashMap grown = {calloc(capacity, sizeof(MapEntry)), capacity, map->size};
  if (grown.entries == NULL) return false;
  for (size_t slot = 0; slot < map->capacity; slot++)
    if (map->entries[slot].key != NULL) place_entry(&grown, map->entries[slot]);
  free(map->entries);
  *map = grown;
  return true;
}

static MapEntry *find_entry(const HashMap *map, const char *key, uint32_t hash) {
  if (map->capacity == 0) return NULL;
  size_t mask = map->capacity - 1;
  size_t slot = hash & mask;
  for (size_t distance = 0;; distance++, slot = (slot + 1) & mask) {
    MapEntry *entry = &map->entries[slot];
    if (entry->key == NULL || probe_distance(map, slot) < distance) return NULL;
    if (entry->hash == hash && strcmp(entry->key, key) == 0) return entry;
  }
}

/* Returns the value of `key`, or NULL. The pointer holds until the next put or remove. */
int64_t *map_get(const HashMap *map, const char *key) {
  MapEntry *entry = find_entry(map, key, hash_string(key));
  return entry != NULL ? &entry->value : NULL;
}

/* Sets `key` to `value`; the map keeps its own copy of the key. */
PutResult map_put(HashMap *map, const char *key, int64_t value) {
  uint32_t hash = hash_string(key);
  MapEntry *existing = find_entry(map, key, hash);
  if (existing != NULL) {
    existing->value = value;
    return k_put_replaced;
  }
  if (is_full(map->size + 1, map->capacity)) {
    size_t capacity = map->capacity == 0 ? k_min_capacity : 2 * map->capacity;
    if (capacity < map->capacity || !resize_table(map, capacity)) return k_put_no_memory;
  }
  size_t bytes = strlen(key) + 1;
  char *copy = malloc(bytes);
  if (copy == NULL) return k_put_no_memory;
  memcpy(copy, key, bytes);
  place_entry(map, (MapEntry){copy, hash, value});
  map->size++;
  return k_put_inserted;
}

/* Removes `key`; false if it was not there. */
bool map_remove(HashMap *map, const char *key) {
  MapEntry *entry = find_entry(map, key, hash_string(key));
  if (entry == NULL) return false;
  free(entry->key);
  size_t mask = map->capacity - 1;
  size_t hole = (size_t)(entry - map->entries);
  for (;;) {
    size_t next = (hole + 1) & mask;
    if (map->entries[next].key == NULL || probe_distance(map, next) == 0) break;
    map->entries[hole] = map->entries[next];
    hole = next;
  }
  map->entries[hole].key = NULL;
  map->size--;
  return true;
}

/* Steps through the entries in slot order. Start with `*cursor` at 0; NULL ends the walk. */
const MapEntry *map_next(const HashMap *map, size_t *cursor) {
  while (*cursor < map->capacity) {
    const MapEntry *entry = &map->entries[(*cursor)++];
    if (entry->key != NULL) return entry;
  }
  return NULL;
}

/* Frees everything and leaves a valid empty map. */
void map_clear(HashMap *map) {
  for (size_t slot = 0; slot < map->capacity; slot++) free(map->entries[slot].key);
  free(map->entries);
  *map = (HashMap){NULL, 0, 0};
}

/* Verifies the count, the cached hashes and the Robin Hood order of the whole table. */
static bool is_consistent(const HashMap *map) {
  size_t count = 0;
  for (size_t slot = 0; slot < map->capacity; slot++) {
    const MapEntry *entry = &map->entries[slot];
    if (entry->key == NULL) continue;
    count++;
    if (entry->hash != hash_string(entry->key)) return false;
    size_t distance = probe_distance(map, slot);
    size_t previous = (slot - 1) & (map->capacity - 1);
    if (distance > 0 &&
        (map->entries[previous].key == NULL || probe_distance(map, previous) + 1 < distance))
      return false;
  }
  return count == map->size;
}

#define CHECK(number, condition)                                                                   \
  if (!(condition))                                                                                \
  return fprintf(stderr, "hashmap: check %d failed: %s\n", (number), #condition), (number)

static int check_basics(void) {
  HashMap map = {NULL, 0, 0};
  size_t cursor = 0;
  CHECK(1, map_get(&map, "absent") == NULL && !map_remove(&map, "absent"));
  CHECK(2, map_next(&map, &cursor) == NULL);
  CHECK(3, map_put(&map, "one", 1) == k_put_inserted);
  CHECK(4, map_put(&map, "", -1) == k_put_inserted);
  CHECK(5, map_put(&map, "one", 11) == k_put_replaced && map.size == 2);
  CHECK(6, *map_get(&map, "one") == 11 && *map_get(&map, "") == -1);
  CHECK(7, map_get(&map, "on") == NULL && map_get(&map, "one ") == NULL);
  CHECK(8, map_remove(&map, "one") && !map_remove(&map, "one") && map.size == 1);
  *map_get(&map, "") += 5;
  CHECK(9, *map_get(&map, "") == 4);
  map_clear(&map);
  CHECK(10, map.size == 0 && map_get(&map, "") == NULL);
  return 0;
}

/* Counts the words of a text and adds the counts up again with the iterator. */
static int check_word_count(void) {
  static const char text[] = "the cat and the dog and the bird saw the cat";
  char buffer[sizeof text];
  HashMap counts = {NULL, 0, 0};
  memcpy(buffer, text, sizeof text);
  int64_t words = 0;
  for (char *word = strtok(buffer, " "); word != NULL; word = strtok(NULL, " "), words++) {
    int64_t *count = map_get(&counts, word);
    if (count != NULL)
      ++*count;
    else
      map_put(&counts, word, 1);
  }
  CHECK(20, counts.size == 6 && *map_get(&counts, "the") == 4 && *map_get(&counts, "saw") == 1);
  int64_t total = 0;
  size_t cursor = 0;
  for (const MapEntry *entry; (entry = map_next(&counts, &cursor)) != NULL;) total += entry->value;
  CHECK(21, total == words);
  map_clear(&counts);
  return 0;
}

/* Random puts and removes against a plain array as the model. */
static int check_against_model(void) {
  enum { k_keys = 300, k_steps = 6000 };
  int64_t model[k_keys];
  HashMap map = {NULL, 0, 0};
  uint32_t state = 1;
  size_t live = 0;
  for (int i = 0; i < k_keys; i++) model[i] = -1;
  for (int step = 0; step < k_steps; step++) {
    char key[16];
    state = state * 1664525u + 1013904223u;
    int index = (int)((state >> 8) % k_keys);
    snprintf(key, sizeof key, "key%d", index);
    if (state >> 30 != 0) {
      PutResult expected = model[index] < 0 ? k_put_inserted : k_put_replaced;
      CHECK(30, map_put(&map, key, step) == expected);
      live += expected == k_put_inserted;
      model[index] = step;
    } else {
      CHECK(31, map_remove(&map, key) == (model[index] >= 0));
      live -= model[index] >= 0;
      model[index] = -1;
    }
    CHECK(32, map.size == live);
    if (step % 250 == 0) CHECK(33, is_consistent(&map));
  }
  for (int i = 0; i < k_keys; i++) {
    char key[16];
    snprintf(key, sizeof key, "key%d", i);
    const int64_t *value = map_get(&map, key);
    CHECK(34, model[i] < 0 ? value == NULL : value != NULL && *value == model[i]);
    CHECK(35, map_remove(&map, key) == (model[i] >= 0));
  }
  CHECK(36, map.size == 0 && is_consistent(&map));
  map_clear(&map);
  return 0;
}

int main(void) {
  static int (*const groups[])(void) = {check_basics, check_word_count, check_against_model};
  for (size_t i = 0; i < sizeof groups / sizeof groups[0]; i++) {
    int failed = groups[i]();
    if (failed != 0) return failed;
  }
  return 0;
}
