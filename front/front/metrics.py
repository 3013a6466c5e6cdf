"""What the front counts. Labels are few and never say who."""

from __future__ import annotations

from prometheus_client import Counter, Gauge, Histogram

_BUCKETS = (0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.0, 3.0, 4.0, 5.0, 10.0, 30.0)

RECEIVED = Counter("luebao_received_total", "Messages received, by channel", ["channel", "duplicate"])
ANSWERED = Counter("luebao_answered_total", "Messages answered, by channel and kind of reply", ["channel", "kind"])
TURN_SECONDS = Histogram("luebao_turn_seconds", "From received to answered", ["channel"], buckets=_BUCKETS)
BRAIN_SECONDS = Histogram("luebao_brain_seconds", "How long Rasa took", buckets=_BUCKETS)
BRAIN_FAILURES = Counter("luebao_brain_failures_total", "Questions Rasa gave no usable reply to", ["why"])
DELIVERIES = Counter("luebao_deliveries_total", "Attempts to send, by channel and result", ["channel", "result"])
REFUSED = Counter("luebao_refused_total", "Requests refused at the door", ["why"])
ERRORS = Counter("luebao_errors_total", "Unexpected errors, by place", ["place"])
HTTP_SECONDS = Histogram("luebao_http_seconds", "Requests, by route and status", ["route", "status"], buckets=_BUCKETS)
WAITING = Gauge("luebao_waiting_messages", "Messages stored and not answered yet")
OLDEST = Gauge("luebao_oldest_waiting_seconds", "Age of the oldest message without an answer")
UNSENT = Gauge("luebao_unsent_replies", "Replies not delivered yet", ["state"])
QUEUED = Gauge("luebao_queued_people", "People waiting for a member of staff")
