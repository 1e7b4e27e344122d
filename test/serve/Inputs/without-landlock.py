"""without-landlock.py COMMAND...: becomes the command, for which the kernel has no Landlock
(landlock_create_ruleset answers EOPNOTSUPP, as where it is switched off)."""
import ctypes
import os
import struct
import sys

CREATE_RULESET, EOPNOTSUPP = 444, 95  # the number is the same on all machines


def instruction(code, if_true, if_false, value):
    return struct.pack("HBBI", code, if_true, if_false, value)


# Load the number of the call (seccomp_data.nr); compare; answer; or let it pass.
program = (instruction(0x20, 0, 0, 0) + instruction(0x15, 0, 1, CREATE_RULESET) +
           instruction(0x06, 0, 0, 0x00050000 | EOPNOTSUPP) + instruction(0x06, 0, 0, 0x7FFF0000))
text = ctypes.create_string_buffer(program)
filter = ctypes.create_string_buffer(struct.pack("HxxxxxxQ", 4, ctypes.addressof(text)))
libc = ctypes.CDLL(None, use_errno=True)
assert libc.prctl(38, 1, 0, 0, 0) == 0  # PR_SET_NO_NEW_PRIVS
assert libc.prctl(22, 2, filter, 0, 0) == 0  # PR_SET_SECCOMP, SECCOMP_MODE_FILTER
os.execvp(sys.argv[1], sys.argv[1:])
