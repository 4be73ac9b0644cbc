#!/usr/bin/env python3
"""Hands a listening socket over to a program, as systemd does for a socket unit.

    hand_over.py PROGRAM [ARGUMENT...]

Binds a free port of 127.0.0.1, says `port N` on standard output, and becomes the program.
"""

import os
import socket
import sys

listener = socket.create_server(("127.0.0.1", 0))
print(f"port {listener.getsockname()[1]}", flush=True)
os.dup2(listener.fileno(), 3)
os.set_inheritable(3, True)  # It may have been 3 before.
os.environ.update(LISTEN_PID=str(os.getpid()), LISTEN_FDS="1", LISTEN_FDNAMES="filsluse-admin.socket")
os.execv(sys.argv[1], sys.argv[1:])
