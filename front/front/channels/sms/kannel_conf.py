"""Writes kannel.conf: how Kannel has to be set up so that no message is lost, doubled or answered in English.

Used by the tests with a fake SMSC, and by `front sms kannel-conf` for a real one (its `group = smsc` is the carrier's
business: SMPP settings come with the contract). Every line but that one was tried on Debian's kannel 1.4.5-12.
One hole is Kannel's own: a message that smsbox is still trying to bring to a front that is down is forgotten when
smsbox stops. So start the front first, and do not restart Kannel while the front is down.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

# Example of a carrier's SMPP line; the values in <…> come from the carrier.
SMPP_EXAMPLE = """\
group = smsc
smsc = smpp
smsc-id = carrier
host = <运营商给的地址>
port = <端口>
transceiver-mode = true
smsc-username = <账号>
smsc-password = <密码>
system-type = ""
"""
# Sent when the front could not be reached in all the tries. Kannel sends these texts as 7-bit: Chinese would arrive as
# question marks (measured), and its own default is an English sentence.
UNREACHABLE = "Xi tong mang, qing da 5190857"
_LONGEST = 8  # parts: 500 units in parts of 67


@dataclass(frozen=True)
class KannelPlan:
    """What differs between two Kannels: ports, secrets, directories and the line to the carrier."""

    front: str  # where Kannel reaches the front, e.g. "http://127.0.0.1:8000"
    secret: str  # the secret path of /channels/sms/kannel
    password: str  # of the sendsms user, the status page and the administrator
    directory: Path  # store and logs
    user: str = "luebao"
    admin_port: int = 13000
    box_port: int = 13001
    sendsms_port: int = 13013
    smsc: str = SMPP_EXAMPLE
    retries: int = 360  # of one message to the front, `retry_seconds` apart: half an hour
    retry_seconds: int = 5


def fake_smsc(port: int) -> str:
    """The line to kannel-extras' fakesmsc, for tests and for trying things out; it listens on every address."""
    return f'group = smsc\nsmsc = fake\nsmsc-id = fake\nport = {port}\nconnect-allow-ip = "127.0.0.1"\n'


def render(plan: KannelPlan) -> str:
    """The whole kannel.conf, to be read by bearerbox and smsbox alike."""
    return "\n".join((_core(plan), plan.smsc, _smsbox(plan), _sendsms(plan), _service(plan)))


def _core(plan: KannelPlan) -> str:
    return f"""\
group = core
admin-port = {plan.admin_port}
admin-interface = "127.0.0.1"
admin-password = "{plan.password}"
status-password = "{plan.password}"
admin-deny-ip = "*.*.*.*"
admin-allow-ip = "127.0.0.1"
smsbox-port = {plan.box_port}
smsbox-interface = "127.0.0.1"
box-deny-ip = "*.*.*.*"
box-allow-ip = "127.0.0.1"
log-file = "{plan.directory / "bearerbox.log"}"
# Warnings and worse; at 1 every line names a citizen's number.
log-level = 2
# One file a message: nothing accepted is lost when Kannel stops.
store-type = spool
store-location = "{plan.directory / "store"}"
dlr-storage = spool
dlr-spool = "{plan.directory / "dlr"}"
sms-resend-freq = 10
sms-resend-retry = 60
# The parts of a long message are put together before we see it.
sms-combine-concatenated-mo = true
sms-combine-concatenated-mo-timeout = 60
http-timeout = 30
"""


def _smsbox(plan: KannelPlan) -> str:
    return f"""\
group = smsbox
bearerbox-host = 127.0.0.1
sendsms-port = {plan.sendsms_port}
sendsms-interface = "127.0.0.1"
log-file = "{plan.directory / "smsbox.log"}"
log-level = 2
# No global-sender: it would replace the number the citizen wrote to.
http-request-retry = {plan.retries}
http-queue-delay = {plan.retry_seconds}
reply-couldnotfetch = "{UNREACHABLE}"
reply-requestfailed = "{UNREACHABLE}"
reply-couldnotrepresent = "{UNREACHABLE}"
reply-emptymessage = ""
"""


def _sendsms(plan: KannelPlan) -> str:
    return f"""\
group = sendsms-user
username = "{plan.user}"
password = "{plan.password}"
user-deny-ip = "*.*.*.*"
user-allow-ip = "127.0.0.1"
max-messages = {_LONGEST}
concatenation = true
"""


def _service(plan: KannelPlan) -> str:
    return f"""\
group = sms-service
keyword = default
catch-all = true
# By POST: Kannel writes an address it could not reach into its log, and this one holds neither number nor words.
post-url = "{plan.front}/channels/sms/kannel/{plan.secret}?id=%I"
send-sender = true
accept-x-kannel-headers = true
max-messages = {_LONGEST}
concatenation = true
# An empty answer means: the reply comes later through sendsms.
omit-empty = true
"""
