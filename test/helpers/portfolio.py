"""portfolio.py FILE LIST...: writes a portfolio of these lists, whose checksum is XXH3's 128 bits."""
import ctypes
import ctypes.util
import sys


class Hash(ctypes.Structure):
    _fields_ = [("low", ctypes.c_uint64), ("high", ctypes.c_uint64)]


library = ctypes.CDLL(ctypes.util.find_library("xxhash") or "libxxhash.so.0")
library.XXH3_128bits.restype = Hash
library.XXH3_128bits.argtypes = [ctypes.c_char_p, ctypes.c_size_t]

body = "# for a test\n" + "".join(text + "\n" for text in sys.argv[2:])
digest = library.XXH3_128bits(body.encode(), len(body.encode()))
with open(sys.argv[1], "w") as file:
    file.write(f"llmc-portfolio 1 {digest.high:016x}{digest.low:016x}\n{body}")
