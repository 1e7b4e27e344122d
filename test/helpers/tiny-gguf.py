"""tiny-gguf.py VOCABULARY OUT NAME: a GGUF file with the vocabulary of another one and a Llama network of
one block and 32 numbers a token, whose weights are noise. What llama.cpp needs to load a file as if it
were one of the large models with that vocabulary.
"""
import random
import struct
import sys

WIDTH, HIDDEN, CONTEXT = 32, 64, 16384
SCALARS = {0: "B", 1: "b", 2: "H", 3: "h", 4: "I", 5: "i", 6: "f", 7: "B", 10: "Q", 11: "q", 12: "d"}


class Reader:
    def __init__(self, data):
        self.data, self.at = data, 0

    def take(self, kind):
        size = struct.calcsize("<" + kind)
        value = struct.unpack_from("<" + kind, self.data, self.at)[0]
        self.at += size
        return value

    def skip_value(self, kind):
        if kind == 8:
            length = self.take("Q")
            self.at += length
        elif kind == 9:
            inner, count = self.take("I"), self.take("Q")
            for _ in range(count):
                self.skip_value(inner)
            self.last_count = count
        else:
            self.take(SCALARS[kind])


def text(value):
    return struct.pack("<Q", len(value)) + value.encode()


def entry(key, value):
    kind, packed = (8, text(value)) if isinstance(value, str) else \
        (6, struct.pack("<f", value)) if isinstance(value, float) else (4, struct.pack("<I", value))
    return text(key) + struct.pack("<I", kind) + packed


vocabulary, out, name = sys.argv[1:]
reader = Reader(open(vocabulary, "rb").read())
assert reader.data[:4] == b"GGUF"
reader.at = 8
reader.take("Q")
entries, tokens = [], 0
for _ in range(reader.take("Q")):
    start = reader.at
    length = reader.take("Q")
    key = reader.data[reader.at:reader.at + length].decode()
    reader.at += length
    reader.skip_value(reader.take("I"))
    if key.startswith("tokenizer."):
        entries.append(reader.data[start:reader.at])
    if key == "tokenizer.ggml.tokens":
        tokens = reader.last_count
for key, value in {
        "general.architecture": "llama", "general.name": name, "general.file_type": 0,
        "llama.vocab_size": tokens, "llama.context_length": CONTEXT, "llama.embedding_length": WIDTH,
        "llama.block_count": 1, "llama.feed_forward_length": HIDDEN, "llama.attention.head_count": 2,
        "llama.attention.head_count_kv": 2, "llama.rope.dimension_count": WIDTH // 2,
        "llama.attention.layer_norm_rms_epsilon": 1e-5}.items():
    entries.append(entry(key, value))
shapes = {"token_embd.weight": (WIDTH, tokens), "output_norm.weight": (WIDTH,),
          "output.weight": (WIDTH, tokens), "blk.0.attn_norm.weight": (WIDTH,),
          "blk.0.ffn_norm.weight": (WIDTH,), "blk.0.ffn_gate.weight": (WIDTH, HIDDEN),
          "blk.0.ffn_up.weight": (WIDTH, HIDDEN), "blk.0.ffn_down.weight": (HIDDEN, WIDTH)}
for part in ("attn_q", "attn_k", "attn_v", "attn_output"):
    shapes[f"blk.0.{part}.weight"] = (WIDTH, WIDTH)
noise = random.Random(1)
weights = b"".join(struct.pack("<f", noise.gauss(0, 0.3)) for _ in range(65536))
infos, data = b"", b""
for key, shape in shapes.items():
    size = 4
    for length in shape:
        size *= length
    infos += text(key) + struct.pack("<I", len(shape)) + b"".join(struct.pack("<Q", n) for n in shape)
    infos += struct.pack("<IQ", 0, len(data))
    data += (weights * (size // len(weights) + 1))[:size]
head = b"GGUF" + struct.pack("<IQQ", 3, len(shapes), len(entries)) + b"".join(entries) + infos
with open(out, "wb") as file:
    file.write(head + bytes(-len(head) % 32) + data)
