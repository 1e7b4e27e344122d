"""model-server.py MODE COMMAND...: runs COMMAND with LLMC_MODEL naming a stand-in for a server of
OpenAI's protocol, and exits as it does. What requests said is printed to the file $REQUESTS, a line
of JSON each. MODE says how the server behaves:

  good       answers with a list that makes programs small, as the paper's models do
  lifts      answers with the IR of add_two; lifts-wrongly: of another function; lifts-later: the
             same until it is told that this is wrong
  hostile    answers with passes that do not exist, denied ones, and shell commands
  html       answers with a web page
  broken     answers with status 500
  endless    writes and never ends
  silent     takes the request and says nothing
"""
import json
import os
import subprocess
import sys
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

MODE = sys.argv[1]
GOOD = ("Run the following passes opt -p 'module(default<Oz>),module(simplifycfg),module(dse)' to "
        "reduce the binary size from 500 to 400 bytes.")
ADD = ("define dso_local i32 @add_two(i32 %0, i32 %1) nounwind uwtable {\n"
       "%3 = add i32 %0, %1\nret i32 %3\n}\n")
HOSTILE = ["Run the following passes opt -p 'no-such-pass' to reduce the binary size from 9 to 1 bytes.",
           "Run the following passes opt -p 'function(unify-loop-exits),default<Oz>' to",
           "opt -p '$(touch /tmp/pwned)'; rm -rf /", "<code>module asm \".incbin \\\"/etc/passwd\\\"\"</code>"]


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *arguments):
        pass

    def reply(self, code, kind, body):
        self.send_response(code)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def do_GET(self):
        if MODE == "html":
            return self.reply(200, "text/html", b"<html><body>Welcome</body></html>")
        if MODE == "broken":
            return self.reply(500, "text/plain", b"out of order")
        if self.path.endswith("/v1/models"):
            models = {"data": [{"id": os.environ.get("MODEL_NAME", "llm-compiler-7b-ftd")}]}
            return self.reply(200, "application/json", json.dumps(models).encode())
        self.reply(404, "application/json", b"{}")

    def do_POST(self):
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        with open(os.environ["REQUESTS"], "a") as file:
            file.write(json.dumps(body) + "\n")
        if MODE == "silent":
            time.sleep(60)
        if MODE == "endless":
            return self.stream_for_ever()
        texts = {"hostile": HOSTILE, "lifts": [f"<code>{ADD}</code>"],
                 "lifts-wrongly": [f"<code>{ADD.replace('add i32', 'sub i32')}</code>"]}.get(MODE, [GOOD])
        if MODE == "lifts-later":
            asked = body.get("prompt") or body["messages"][-1]["content"]
            texts = [f"<code>{ADD if 'This is not' in asked else ADD.replace('add i32', 'sub i32')}</code>"]
        choices = [{"index": i, "text": texts[i % len(texts)], "finish_reason": "stop",
                    "message": {"role": "assistant", "content": texts[i % len(texts)]}}
                   for i in range(body.get("n", 1))]
        if not body.get("stream"):
            return self.reply(200, "application/json", json.dumps({"choices": choices}).encode())
        events = ""
        for choice in choices:
            choice["delta"] = choice["message"]
            events += "data: " + json.dumps({"choices": [choice]}) + "\n\n"
        self.reply(200, "text/event-stream", (events + "data: [DONE]\n\n").encode())

    def stream_for_ever(self):
        self.send_response(200)
        self.send_header("Content-Type", "text/event-stream")
        self.end_headers()
        event = "data: " + json.dumps({"choices": [{"index": 0, "text": "sroa,"}]}) + "\n\n"
        try:
            while True:
                self.wfile.write(event.encode())
        except OSError:
            self.close_connection = True


server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
server.daemon_threads = True
threading.Thread(target=server.serve_forever, daemon=True).start()
environment = dict(os.environ, LLMC_MODEL=f"http://127.0.0.1:{server.server_port}/v1")
sys.exit(subprocess.run(sys.argv[2:], env=environment).returncode)
