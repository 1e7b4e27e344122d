#include "execution/refuse.h"

#include <seccomp.h>

#include <memory>

namespace llmc {

Result<void> refuse_system_calls() {
  const std::unique_ptr<void, void (*)(void*)> filter(seccomp_init(SCMP_ACT_TRAP),
                                                      [](void* each) { seccomp_release(each); });
  if (!filter) return fail("cannot make a filter of system calls");
  bool good = true;
  for (const int call :
       {SCMP_SYS(rt_sigreturn), SCMP_SYS(exit_group), SCMP_SYS(exit), SCMP_SYS(clock_gettime),
        SCMP_SYS(brk), SCMP_SYS(mmap), SCMP_SYS(munmap), SCMP_SYS(mremap), SCMP_SYS(madvise)})
    good &= seccomp_rule_add(filter.get(), SCMP_ACT_ALLOW, call, 0) == 0;
  if (!good || seccomp_load(filter.get()) != 0) return fail("cannot refuse system calls");
  return {};
}

}  // namespace llmc
