"""Writing to somebody who has not written: a caller who wants the answer as a text message."""

from __future__ import annotations

from front.inbox.database import Connection
from front.inbox.protocol import Delivery
from front.inbox.replies import Body
from front.inbox.statements import insert_new
from front.inbox.store import new_brain_id
from front.inbox.tables import clock, conversations, outbox


async def write_first(
    connection: Connection, is_sqlite: bool, channel: str, person: str, said: Body
) -> tuple[Delivery, int]:
    """Put a message into the outbox for a person of a channel, in the caller's transaction.

    The conversation is made if it is new and stays as it is if not. Returns the delivery and the conversation's id.
    Wake the sender (`Sending.due`) after the transaction. Opt-outs are the channel's to honour when it sends.
    """
    row = {"channel": channel, "person": person, "brain_id": new_brain_id(), "state": "bot"}
    times = {"state_at": clock(), "created_at": clock(), "seen_at": clock()}
    known = insert_new(is_sqlite, conversations).values(**row, **times)
    known = known.on_conflict_do_update(index_elements=["channel", "person"], set_={"seen_at": clock()})
    conversation = int((await connection.execute(known.returning(conversations.c.id))).scalar_one())
    message = {"channel": channel, "person": person, "body": said, "state": "pending"}
    new = outbox.insert().values(conversation_id=conversation, **message, next_at=clock(), created_at=clock())
    id = int((await connection.execute(new.returning(outbox.c.id))).scalar_one())
    return Delivery(id, channel, person, said, None, 0), conversation
