#!/usr/bin/env python3
"""A registry's inbox over mutual TLS, which misbehaves when told to.

An independent peer for the tests: standard library only, knows nothing of filsluse. What is put
lies in DIR/objects/<name>, each call is noted in DIR/calls.jsonl, and DIR/modes.json is a list of
what goes wrong next, first in, first out; "always:503" goes wrong until told otherwise.

    inbox_server.py DIR --cert PEM --key PEM --client-ca PEM [--port N]

Prints "port N" when it listens. Modes: drop (keeps the object, answers nothing), early (says
that it has it before it reads any of it), hang, stall (reads half, then nothing), 301, 401, 409, 413,
429 (with Retry-After: 7), 500, 503. An object that comes again with other bytes is answered 409; one
that does not fit its Content-Digest, 400.
"""

import argparse
import base64
import hashlib
import json
import os
import ssl
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

LOCK = threading.Lock()


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_PUT(self):
        mode = next_mode(self.server.directory)
        name = self.path.rsplit("/", 1)[1]
        length = int(self.headers["Content-Length"])
        call = {
            "path": self.path,
            "mode": mode,
            "headers": {key.lower(): value for key, value in self.headers.items()},
            "client": [value for rdn in self.connection.getpeercert()["subject"] for _, value in rdn],
        }
        if mode == "stall":
            self.rfile.read(length // 2)
            note(self.server.directory, call)
            time.sleep(30)
            return
        if mode == "early":
            self.send_response(201)
            self.send_header("Content-Length", "0")
            self.end_headers()
            self.wfile.flush()
        if mode in ("early", "hang"):
            note(self.server.directory, call)
            time.sleep(30)
            return
        body = self.read(length)
        call["bytes"] = len(body)
        status = self.keep(name, body) if mode in ("fine", "drop") else int(mode)
        call["status"] = status
        note(self.server.directory, call)
        if mode == "drop":
            self.connection.close()
            return
        self.send_response(status)
        if status == 301:
            self.send_header("Location", "https://localhost:1/elsewhere")
        if status == 429:
            self.send_header("Retry-After", "7")
        self.send_header("Content-Length", "0")
        self.end_headers()

    def read(self, length):
        pieces = []
        while length:
            piece = self.rfile.read(min(length, 1 << 16))
            if not piece:
                break
            pieces.append(piece)
            length -= len(piece)
        return b"".join(pieces)

    def keep(self, name, body):
        digest = base64.b64encode(hashlib.sha256(body).digest()).decode()
        if self.headers["Content-Digest"] != f"sha-256=:{digest}:":
            return 400
        path = os.path.join(self.server.directory, "objects", name)
        if os.path.exists(path):
            with open(path, "rb") as file:
                return 204 if file.read() == body else 409
        with open(path + ".new", "wb") as file:
            file.write(body)
        os.replace(path + ".new", path)
        return 201

    def log_message(self, *_):
        pass


def note(directory, call):
    with LOCK, open(os.path.join(directory, "calls.jsonl"), "a") as file:
        file.write(json.dumps(call) + "\n")


def next_mode(directory):
    path = os.path.join(directory, "modes.json")
    with LOCK:
        try:
            with open(path) as file:
                modes = json.load(file)
        except FileNotFoundError:
            return "fine"
        if not modes:
            return "fine"
        mode = modes[0]
        if mode.startswith("always:"):
            return mode[len("always:"):]
        with open(path + ".new", "w") as file:
            json.dump(modes[1:], file)
        os.replace(path + ".new", path)
        return mode


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("directory")
    parser.add_argument("--cert", required=True)
    parser.add_argument("--key", required=True)
    parser.add_argument("--client-ca", required=True)
    parser.add_argument("--port", type=int, default=0)
    asked = parser.parse_args()
    os.makedirs(os.path.join(asked.directory, "objects"), exist_ok=True)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(asked.cert, asked.key)
    context.load_verify_locations(asked.client_ca)
    context.verify_mode = ssl.CERT_REQUIRED
    server = ThreadingHTTPServer(("localhost", asked.port), Handler)
    server.daemon_threads = True
    server.directory = asked.directory
    server.socket = context.wrap_socket(server.socket, server_side=True)
    print(f"port {server.server_address[1]}", flush=True)
    server.serve_forever()


if __name__ == "__main__":
    main()
