"""overwrite.py FILE TENTH: 9,000 bytes of FILE, from TENTH tenths on, become random ones."""
import random
import sys

path, tenth = sys.argv[1], int(sys.argv[2])
data = bytearray(open(path, "rb").read())
at = len(data) * tenth // 10
noise = random.Random(tenth).randbytes(9000)[: len(data) - at]
data[at : at + len(noise)] = noise
open(path, "wb").write(data)
