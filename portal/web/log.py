"""The log: ids and routes, never a name, an answer, a path or a code."""

import logging
import sys
import traceback
from uuid import uuid4

import structlog
from flask import Flask, Response, g, request


def configure_log() -> None:
    """Write one JSON line per event to standard error; line breaks in values are encoded."""
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.JSONRenderer(),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(logging.INFO),
        logger_factory=structlog.WriteLoggerFactory(file=sys.stderr),
    )


def where_it_broke(error: BaseException) -> list[str]:
    """Return the frames of an error without its message, which may quote what somebody typed."""
    frames = traceback.extract_tb(error.__traceback__)
    return [f"{frame.filename}:{frame.lineno} {frame.name}" for frame in frames[-6:]]


def _without_words(record: logging.LogRecord) -> bool:
    """Log where a request broke; Flask's own line holds the address and what the error quotes."""
    error = record.exc_info[1] if record.exc_info else None
    structlog.get_logger().error(
        "request.broke",
        kind=type(error).__name__,
        where=where_it_broke(error) if error is not None else [],
    )
    return False


def register_log(app: Flask) -> None:
    """Give every request an id and log its route and status."""
    log = structlog.get_logger()
    app.logger.addFilter(_without_words)

    def begin() -> None:
        g.request_id = uuid4().hex

    def end(response: Response) -> Response:
        if request.endpoint != "static":
            route = request.url_rule.rule if request.url_rule else "-"
            log.info(
                "request",
                id=g.get("request_id", ""),
                method=request.method if request.method in {"GET", "HEAD", "POST"} else "other",
                route=route,
                status=response.status_code,
            )
        return response

    app.before_request(begin)
    app.after_request(end)
