#!/usr/bin/env python3
"""A case archive that speaks Public 360's SIF JSON over HTTPS, and misbehaves when told to.

An independent peer for the tests: standard library only, knows nothing of filsluse. Cases and
documents live in DIR/archive.json, each call is noted in DIR/calls.jsonl, and DIR/modes.json says
what goes wrong next: {"CaseService/CreateCase": ["drop"], "*": ["500"]}, first in, first out.

    sif_server.py DIR --cert PEM --key PEM --auth-key KEY [--client-ca PEM] [--tls12] [--port N]

Prints "port N" when it listens. Modes: hang, half, drop (does it, answers nothing), slow-drop (does
it after the client has gone), unsuccessful, empty-lists-null, 401, 403, 429, 500, 503, redirect,
huge, not-json, no-flag, flag-as-text, ignore-filter, other-case, trickle.
"""

import argparse
import json
import os
import ssl
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

PREFIX = "/Biz/v2/api/call/SI.Data.RPC/SI.Data.RPC/"


class Archive:
    def __init__(self, directory):
        self.directory = directory
        self.lock = threading.Lock()
        self.path = os.path.join(directory, "archive.json")
        try:
            with open(self.path) as file:
                self.state = json.load(file)
        except FileNotFoundError:
            self.state = {"recno": 200000, "cases": [], "documents": []}
            self.save()

    def save(self):
        beside = self.path + ".new"
        with open(beside, "w") as file:
            json.dump(self.state, file)
        os.replace(beside, self.path)

    def note(self, call):
        with self.lock, open(os.path.join(self.directory, "calls.jsonl"), "a") as file:
            file.write(json.dumps(call) + "\n")

    def mode(self, method):
        path = os.path.join(self.directory, "modes.json")
        with self.lock:
            try:
                with open(path) as file:
                    modes = json.load(file)
            except FileNotFoundError:
                return "fine"
            for key in (method, "*"):
                if modes.get(key):
                    mode = modes[key].pop(0)
                    # "always:500" goes wrong until told otherwise.
                    if mode.startswith("always:"):
                        modes[key].insert(0, mode)
                        mode = mode[len("always:"):]
                    with open(path + ".new", "w") as file:
                        json.dump(modes, file)
                    os.replace(path + ".new", path)
                    return mode
            return "fine"

    def recno(self):
        self.state["recno"] += 1
        return self.state["recno"]

    def call(self, method, asked, mode):
        with self.lock:
            if method == "CaseService/GetCases":
                return self.get_cases(asked, mode)
            if method == "CaseService/CreateCase":
                return self.create_case(asked)
            if method == "DocumentService/GetDocuments":
                return self.get_documents(asked, mode)
            if method == "DocumentService/CreateDocument":
                return self.create_document(asked)
            return {"Successful": False, "ErrorMessage": "no such operation", "ErrorDetails": None}

    def get_cases(self, asked, mode):
        def fits(case):
            if mode == "ignore-filter":
                return True
            number, external = asked.get("CaseNumber"), asked.get("ExternalId")
            return (number is None or case["CaseNumber"] == number) and (
                external is None or case.get("ExternalId") == external
            )

        found = [case for case in self.state["cases"] if fits(case)]
        found = found[: asked.get("MaxReturnedCases") or 100]
        if mode == "empty-lists-null" and not found:
            found = None
        return done(Cases=found, TotalCount=len(found or []))

    def create_case(self, asked):
        if not asked.get("Title"):
            return failed("Title is required")
        recno = self.recno()
        case = dict(asked, Recno=recno, CaseNumber="26/%05d" % (len(self.state["cases"]) + 1))
        self.state["cases"].append(case)
        self.save()
        return done(Recno=recno, CaseNumber=case["CaseNumber"])

    def get_documents(self, asked, mode):
        def fits(document):
            # As in versions that know no ExternalId of documents.
            title = asked.get("Title")
            return mode == "ignore-filter" or (
                document["CaseNumber"] == asked.get("CaseNumber")
                and (title is None or title in document["Title"])
            )

        found = [document for document in self.state["documents"] if fits(document)]
        found = found[: asked.get("MaxReturnedDocuments") or 100]
        shown = [{k: v for k, v in document.items() if k != "ExternalId"} for document in found]
        return done(Documents=shown, TotalPageCount=1)

    def create_document(self, asked):
        for key in ("Title", "Category", "Status", "CaseNumber"):
            if not asked.get(key):
                return failed(key + " is required")
        if all(case["CaseNumber"] != asked["CaseNumber"] for case in self.state["cases"]):
            return failed("no such case")
        if not any(contact.get("Role") for contact in asked.get("UnregisteredContacts") or []):
            return failed("an external recipient is required")
        recno = self.recno()
        of_case = [d for d in self.state["documents"] if d["CaseNumber"] == asked["CaseNumber"]]
        number = "%s-%d" % (asked["CaseNumber"], len(of_case) + 1)
        self.state["documents"].append(dict(asked, Recno=recno, DocumentNumber=number))
        self.save()
        return done(Recno=recno, DocumentNumber=number)


def done(**answer):
    return dict(answer, Successful=True, ErrorMessage=None, ErrorDetails=None)


def failed(message):
    return {"Successful": False, "ErrorMessage": message, "ErrorDetails": "at SI.Data.RPC ..."}


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    archive = None
    auth_key = None

    def do_GET(self):
        self.archive.note({"method": "GET", "path": self.path})
        self.answer(405, b"")

    def do_POST(self):
        length = int(self.headers.get("Content-Length", 0))
        body = self.rfile.read(length)
        try:
            client = self.connection.getpeercert()
        except ValueError:
            client = None
        self.archive.note(
            {
                "path": self.path,
                "authorization": self.headers.get("Authorization"),
                "headers": dict(self.headers.items()),
                "body": body.decode(),
                "tls": self.connection.version(),
                "client": bool(client),
            }
        )
        if not self.path.startswith(PREFIX) or "?" in self.path:
            return self.answer(404, b"")
        method = self.path[len(PREFIX):]
        mode = self.archive.mode(method)
        if mode in ("401", "403", "429", "500", "503"):
            return self.answer(int(mode), b'{"Successful":true}')
        if mode == "redirect":
            return self.answer(307, b"", {"Location": "http://127.0.0.1:%s/" % self.server.http_port})
        if self.headers.get("Authorization") != "authkey " + self.auth_key:
            return self.answer(401, b"")
        if mode == "hang":
            return self.stall()
        if mode == "slow-drop":
            time.sleep(1.0)
        asked = json.loads(body)["parameter"]
        if mode == "unsuccessful":
            return self.json(failed("Ola Nordmann cannot be found in the code table"))
        answer = self.archive.call(method, asked, mode)
        if mode in ("drop", "slow-drop"):
            self.close_connection = True
            return None
        if mode == "huge":
            answer["Padding"] = "x" * (16 << 20)
        if mode == "not-json":
            return self.answer(200, b"<html>Please log in</html>")
        if mode == "no-flag":
            del answer["Successful"]
        if mode == "flag-as-text":
            answer["Successful"] = "true"
        if mode == "other-case":
            answer["Cases"] = [{"Recno": 1, "CaseNumber": "20/00001"}]
        text = json.dumps(answer).encode()
        if mode == "half":
            self.send_response(200)
            self.send_header("Content-Length", str(len(text)))
            self.end_headers()
            self.wfile.write(text[: len(text) // 2])
            self.wfile.flush()
            return self.stall()
        if mode == "trickle":
            self.send_response(200)
            self.send_header("Content-Length", str(len(text)))
            self.end_headers()
            for byte in text:
                self.wfile.write(bytes([byte]))
                self.wfile.flush()
                time.sleep(0.05)
            return None
        return self.json(answer)

    def stall(self):
        # Until the client has had enough.
        self.connection.settimeout(60)
        try:
            self.connection.recv(1)
        except OSError:
            pass
        self.close_connection = True

    def json(self, answer):
        self.answer(200, json.dumps(answer).encode())

    def answer(self, status, body, headers=()):
        self.send_response(status)
        for name, value in dict(headers).items():
            self.send_header(name, value)
        self.send_header("Content-Type", "application/json; charset=utf-8")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        try:
            self.wfile.write(body)
        except OSError:
            self.close_connection = True

    def log_message(self, *_):
        pass


class Server(ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self, address, context):
        super().__init__(address, Handler)
        self.context = context

    def finish_request(self, request, client_address):
        # In the connection's own thread, so that one that never shakes hands holds up nobody.
        request.settimeout(60)
        try:
            request = self.context.wrap_socket(request, server_side=True)
        except (OSError, ssl.SSLError):
            return
        super().finish_request(request, client_address)

    def handle_error(self, request, client_address):
        pass


class Plain(BaseHTTPRequestHandler):
    """Where a redirect would lead: whoever comes here is noted."""

    archive = None

    def do_POST(self):
        self.archive.note({"plain": self.path, "authorization": self.headers.get("Authorization")})
        self.send_response(200)
        self.end_headers()

    do_GET = do_POST

    def log_message(self, *_):
        pass


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("directory")
    parser.add_argument("--cert", required=True)
    parser.add_argument("--key", required=True)
    parser.add_argument("--auth-key", required=True)
    parser.add_argument("--client-ca")
    parser.add_argument("--client-crl")
    parser.add_argument("--tls12", action="store_true")
    parser.add_argument("--port", type=int, default=0)
    asked = parser.parse_args()
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(asked.cert, asked.key)
    if asked.tls12:
        context.maximum_version = ssl.TLSVersion.TLSv1_2
    if asked.client_ca:
        context.verify_mode = ssl.CERT_REQUIRED
        context.load_verify_locations(asked.client_ca)
        if asked.client_crl:
            context.load_verify_locations(asked.client_crl)
            context.verify_flags |= ssl.VERIFY_CRL_CHECK_LEAF
    Handler.archive = Plain.archive = Archive(asked.directory)
    Handler.auth_key = asked.auth_key
    plain = ThreadingHTTPServer(("127.0.0.1", 0), Plain)
    threading.Thread(target=plain.serve_forever, daemon=True).start()
    server = Server(("127.0.0.1", asked.port), context)
    server.http_port = plain.server_address[1]
    print("port %d" % server.server_address[1], flush=True)
    server.serve_forever()


main()
