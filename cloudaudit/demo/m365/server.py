"""Serves a stand-in for Graph on the loopback interface."""

import json
import threading
from collections.abc import Generator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from cloudaudit.demo.m365.graph import REQUEST_ID, Answerer, Reply

LOOPBACK = "127.0.0.1"


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 128


@contextmanager
def serving(answer: Answerer, port: int = 0) -> Generator[str]:
    """Serve on the loopback interface; yield the URL."""

    class Handler(BaseHTTPRequestHandler):
        """Reads a request, asks for the answer, writes it in one piece."""

        protocol_version = "HTTP/1.1"
        wbufsize = -1
        disable_nagle_algorithm = True

        def log_message(self, format: str, *args: Any) -> None:  # noqa: A002, ANN401 - the library's signature
            """Log nothing."""

        def _serve(self) -> None:
            length = int(self.headers.get("content-length") or 0)
            headers = {name.lower(): text for name, text in self.headers.items()}
            self._write(answer(self.command, self.path, headers, self.rfile.read(length)))

        def _write(self, reply: Reply) -> None:
            body = reply.body if isinstance(reply.body, bytes) else json.dumps(reply.body).encode()
            self.send_response(reply.status)
            headers = {"Content-Type": "application/json", "request-id": REQUEST_ID, **reply.headers}
            for name, text in headers.items():
                self.send_header(name, text)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)
            self.wfile.flush()

        do_GET = do_POST = do_PATCH = do_DELETE = do_PUT = _serve  # noqa: N815 - the library calls them by these names

    server = _Server((LOOPBACK, port), Handler)
    thread = threading.Thread(target=server.serve_forever, args=(0.05,), name="cloudaudit-demo", daemon=True)
    thread.start()
    try:
        yield f"http://{LOOPBACK}:{server.server_port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
