"""damage.py FILE FOLDER COUNT: COUNT copies of FILE with a byte in a hundred replaced."""
import pathlib
import random
import sys

whole = pathlib.Path(sys.argv[1]).read_bytes()
for seed in range(int(sys.argv[3])):
    chance = random.Random(seed)
    damaged = bytearray(whole)
    for _ in range(len(whole) // 100 + 1):
        damaged[chance.randrange(4, len(whole))] = chance.randrange(256)
    (pathlib.Path(sys.argv[2]) / f"damaged.{seed}").write_bytes(damaged)
