"""The floor of a page: the smallest Flask application, served as the portal is.

python -m bench.hello PORT gunicorn|granian
"""

import sys

from flask import Flask
from granian import Granian
from granian.constants import HTTPModes, Interfaces
from granian.log import LogLevels
from gunicorn.app.base import BaseApplication


class Server(BaseApplication):
    def __init__(self, port: int) -> None:
        self.port = port
        super().__init__()

    def load_config(self) -> None:
        for name, value in (
            ("bind", f"127.0.0.1:{self.port}"),
            ("workers", 2),
            ("threads", 16),
            ("worker_class", "gthread"),
            ("preload_app", True),
            ("accesslog", None),
            ("loglevel", "warning"),
        ):
            self.cfg.set(name, value)

    def load(self) -> Flask:
        return hello()


def hello() -> Flask:
    app = Flask("hello", static_folder=None)
    app.add_url_rule("/", view_func=lambda: "hello")
    return app


def main(port: int, server: str) -> None:
    if server == "gunicorn":
        Server(port).run()
    Granian(
        "hello",
        port=port,
        interface=Interfaces.WSGI,
        workers=2,
        blocking_threads=16,
        http=HTTPModes.http1,
        websockets=False,
        log_level=LogLevels.warning,
    ).serve(target_loader=hello, wrap_loader=False)


if __name__ == "__main__":
    main(int(sys.argv[1]), sys.argv[2])
