"""The floor of a page: the smallest Flask application, served as the portal is."""

import sys

from flask import Flask
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
        app = Flask("hello", static_folder=None)
        app.add_url_rule("/", view_func=lambda: "hello")
        return app


if __name__ == "__main__":
    Server(int(sys.argv[1])).run()
