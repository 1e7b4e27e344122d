"""A running `llmc serve` and its clients, for the tests of serve: see Server."""
import http.client
import json
import os
import pathlib
import re
import signal
import socket
import subprocess
import time

# clang is busy with it for hours: each level doubles the number of types.
ENDLESS = """
template <class, class> struct pair_of;
template <int N, class T> struct tree {
  static const long value = tree<N - 1, pair_of<T, int>>::value + tree<N - 1, pair_of<T, char>>::value;
};
template <class T> struct tree<0, T> { static const long value = 1; };
long f() { return tree<60, int>::value; }
"""


def wait_until(condition, seconds=20):
    """True as soon as the condition holds; false if it does not within that time."""
    end = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > end:
            return False
        time.sleep(0.05)
    return True


class Answer:
    """The status, headers and body of a response; `json` is the body parsed."""

    def __init__(self, response):
        self.status = response.status
        self.headers = response.headers
        self.text = response.read().decode("utf-8")

    @property
    def json(self):
        return json.loads(self.text)


class Server:
    """`llmc serve OPTIONS` on a free port, with FOLDER/tmp for its temporary files. Ended with the
    `with` block."""

    def __init__(self, folder, *options, environment=None, prefix=()):
        self.folder = pathlib.Path(folder)
        self.temporary = self.folder / "tmp"
        self.temporary.mkdir(parents=True, exist_ok=True)
        self.errors = self.folder / "serve.err"
        command = [*prefix, os.environ["LLMC_BINARY"], "serve", "--port", "0", *options,
                   "--cache", str(self.folder / "cache")]
        self.process = subprocess.Popen(
            command, stderr=open(self.errors, "wb"),
            env={**os.environ, "TMPDIR": str(self.temporary), **(environment or {})})
        listening = re.compile(r"listening on http://(.*):(\d+)\n")
        wait_until(lambda: listening.search(self.said()) or self.process.poll() is not None)
        found = listening.search(self.said())
        assert found, self.said()
        self.host, self.port = found[1].strip("[]"), int(found[2])

    def __enter__(self):
        return self

    def __exit__(self, *_):
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
            self.process.send_signal(signal.SIGINT)
        self.process.wait(20)

    def said(self):
        return self.errors.read_text()

    def ask(self, method, path, body=None, **headers):
        """One request; header names with _ for -."""
        connection = http.client.HTTPConnection(self.host, self.port, timeout=60)
        connection.request(method, path, body,
                           {name.replace("_", "-"): value for name, value in headers.items()})
        return Answer(connection.getresponse())

    def post(self, path, request, **headers):
        """A request of JSON: a value, or bytes as they are."""
        body = request if isinstance(request, bytes) else json.dumps(request).encode()
        return self.ask("POST", path, body, **{"Content_Type": "application/json", **headers})

    def size(self, code, language="c", **headers):
        return self.post("/v1/size", {"code": code, "language": language}, **headers)

    def begin(self, code, language="c++"):
        """Asks for a size on a connection of its own, and does not wait; see `finish`."""
        connection = http.client.HTTPConnection(self.host, self.port, timeout=60)
        connection.request("POST", "/v1/size", json.dumps({"code": code, "language": language}),
                           {"Content-Type": "application/json"})
        return connection

    def raw(self, data):
        """All that the server answers to these bytes."""
        with socket.create_connection((self.host, self.port), timeout=30) as connection:
            connection.sendall(data)
            parts = []
            while part := connection.recv(65536):
                parts.append(part)
        return b"".join(parts)

    def metric(self, name):
        """The sum of the metric's values."""
        return sum(float(line.split()[-1]) for line in self.ask("GET", "/metrics").text.splitlines()
                   if re.match(name + r"[ {]", line))

    def children(self):
        """The processes that work for requests: those whose working folder is of one."""
        found = []
        for process in pathlib.Path("/proc").glob("[0-9]*"):
            try:
                if os.readlink(process / "cwd").startswith(str(self.temporary.resolve()) + "/"):
                    found.append(int(process.name))
            except OSError:
                pass
        return found

    def compiling(self):
        """True if clang is at work for a request."""
        for child in self.children():
            try:
                if b"clang" in pathlib.Path(f"/proc/{child}/cmdline").read_bytes():
                    return True
            except OSError:
                pass
        return False

    def nothing_left(self, seconds=20):
        """True once no process and no file of any request is left."""
        return wait_until(lambda: not self.children() and not any(self.temporary.iterdir()), seconds)


def finish(connection):
    """The answer to `begin`."""
    return Answer(connection.getresponse())
