from socket import socket

from flask import Flask

class ThreadWorker:
    wsgi: Flask
    def handle_error(
        self, req: object, client: socket, addr: object, exc: BaseException, /
    ) -> None: ...
