// The exact number, order, kind and place of volatile accesses: they go to a page without access rights, whose fault handler logs
// each one and lets the processor run just that instruction. In loops, in discarded expressions, in branches, for two variables.
#define _GNU_SOURCE
#include <signal.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <ucontext.h>

#include "checksum.h"

struct device {
  int status, data, control, unused;
  short half[4];
  unsigned char bytes[8];
  long long wide[4];
};

static volatile struct device *device;
static struct { unsigned short offset; char writing; } accesses[400];
static int access_count;

static void on_fault(int signal_number, siginfo_t *info, void *context) {
  greg_t *registers = ((ucontext_t *)context)->uc_mcontext.gregs;
  uintptr_t offset = (uintptr_t)info->si_addr - (uintptr_t)device;
  if (signal_number != SIGSEGV || offset >= 4096 || access_count >= 400) _Exit(4);
  accesses[access_count].offset = (unsigned short)offset;
  accesses[access_count++].writing = registers[REG_ERR] >> 1 & 1;
  mprotect((void *)device, 4096, PROT_READ | PROT_WRITE);
  registers[REG_EFL] |= 0x100;  // a trap after the next instruction
}

static void on_trap(int signal_number, siginfo_t *info, void *context) {
  ((ucontext_t *)context)->uc_mcontext.gregs[REG_EFL] &= ~(greg_t)0x100;
  mprotect((void *)device, 4096, PROT_NONE);
}

static __attribute__((noinline)) int poll(int rounds) {
  int sum = 0;
  for (int i = 0; i < rounds; ++i) sum += device->status;  // the same place, read in each round
  return sum;
}

static __attribute__((noinline)) void write_twice(int value) {
  device->control = value;
  device->control = value;  // not redundant
  device->control;          // a read, though unused
  (void)device->status;
}

static __attribute__((noinline)) int store_then_load(int value) {
  device->data = value;
  return device->data + device->data;
}

static int one_of_two(int choice) {
  int seen = 5;
  if (choice > 0)
    seen = device->status;
  else if (choice < 0)
    device->data = seen;
  return choice == 2 ? device->half[2] : seen;
}

static __attribute__((noinline)) int conditional_and(int limit) {
  return device->half[0] < limit && device->half[1] < limit && device->half[3] < limit;
}

// Neighbours must not be merged into wider accesses, and the loop must not become a memory set.
void clear_bytes(volatile unsigned char *to, int count, unsigned char value) {
  for (int i = 0; i < count; ++i) to[i] = value;
}

static __attribute__((noinline)) long long copy_wide(int count) {
  long long last = -1;
  for (int i = 0; i + 1 < count; ++i) {
    last = device->wide[i];
    device->wide[i + 1] = last + i;
  }
  return last;
}

static void unused_result(int count) {
  int never_used[2] = {0, 0};
  for (int i = 0; i < count; ++i) never_used[i & 1] += device->bytes[i];
}

int main(void) {
  device = mmap(0, 4096, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (device == MAP_FAILED) return 5;
  struct sigaction action = {.sa_flags = SA_SIGINFO, .sa_sigaction = on_fault};
  if (sigaction(SIGSEGV, &action, 0)) return 6;
  action.sa_sigaction = on_trap;
  if (sigaction(SIGTRAP, &action, 0)) return 7;

  device->status = opaque_int(3);
  for (int rounds = 0; rounds < 20; rounds = rounds * 2 + 1) mix((uint64_t)poll(opaque_int(rounds)));
  write_twice(opaque_int(17));
  mix((uint64_t)store_then_load(opaque_int(21)));
  for (int choice = -1; choice <= 2; ++choice) mix((uint64_t)one_of_two(opaque_int(choice)));
  for (int i = 0; i < 4; ++i) device->half[i] = (short)opaque_int(i * 2);
  for (int limit = 0; limit < 8; limit += 2) mix((uint64_t)conditional_and(opaque_int(limit)));
  clear_bytes(device->bytes, opaque_int(8), 7);
  clear_bytes(device->bytes, opaque_int(3), 9);
  for (int count = 0; count < 5; ++count) {
    mix((uint64_t)copy_wide(opaque_int(count)));
    unused_result(opaque_int(count));
  }
  mix((uint64_t)access_count);
  for (int i = 0; i < access_count; ++i) mix((uint64_t)(accesses[i].offset * 2 + accesses[i].writing));
  printf("%d accesses\n", access_count);
  return report();
}
