"""moto's server in this process, with the estate's own handlers in front of it."""

from collections.abc import Callable, Generator, Iterable
from contextlib import contextmanager
from threading import Thread
from typing import Any

from cloudaudit.demo.aws.denials import denial_of
from cloudaudit.demo.aws.handlers import HANDLERS
from cloudaudit.demo.aws.told import Told
from cloudaudit.demo.aws.wire import Answer, ApiError, Call, Environ, error, recognise, result
from cloudaudit.providers.aws.operations import Operation

LOOPBACK = "127.0.0.1"
REQUEST_ID = "demo-0000-0000"

StartResponse = Callable[[str, list[tuple[str, str]]], Any]
App = Callable[[Environ, StartResponse], Iterable[bytes]]


class InFront:
    """Answers what is planned to be denied and what moto cannot tell, and hands on the rest.

    Attributes:
        told: what the handlers tell; until it is given, everything goes to moto.
        intercepted: operations that a handler answered.
    """

    def __init__(self, moto: App) -> None:
        self._moto = moto
        self._handlers = {handler.operation: handler for handler in HANDLERS}
        self.told: Told | None = None
        self.intercepted: set[Operation] = set()

    def __call__(self, environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
        """Answer one request."""
        call = recognise(environ) if self.told else None
        answer = self._answer(call, self.told) if call and self.told else None
        if answer is None:
            return self._moto(environ, start_response)
        headers = {
            **answer.headers,
            "Content-Length": str(len(answer.body)),
            "x-amzn-RequestId": REQUEST_ID,
            "x-amz-request-id": REQUEST_ID,
        }
        start_response(f"{answer.status} -", list(headers.items()))
        return [answer.body]

    def _answer(self, call: Call, told: Told) -> Answer | None:
        if refusal := denial_of(call):
            return error(call.operation, refusal)
        handler = self._handlers.get(call.operation)
        if handler is None:
            return None
        try:
            members = handler.tell(call, told)
        except ApiError as refused:
            self.intercepted.add(call.operation)
            return error(call.operation, refused)
        if members is None:
            return None
        self.intercepted.add(call.operation)
        return result(call.operation, members)


@contextmanager
def serving(port: int = 0) -> Generator[tuple[str, InFront]]:
    """Serve on the loopback interface; yield the URL and what stands in front of moto."""
    from moto.moto_server.werkzeug_app import (
        DomainDispatcherApplication,
        MotoRequestHandler,
        create_backend_app,
    )
    from werkzeug.serving import make_server

    class Quiet(MotoRequestHandler):
        """Keeps connections open, and no log of requests."""

        protocol_version = "HTTP/1.1"

        def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
            """Log nothing."""

    front = InFront(DomainDispatcherApplication(create_backend_app))
    server = make_server(LOOPBACK, port, front, threaded=True, request_handler=Quiet)
    thread = Thread(target=server.serve_forever, name="cloudaudit-demo", daemon=True)
    thread.start()
    try:
        yield f"http://{LOOPBACK}:{server.server_port}", front
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
