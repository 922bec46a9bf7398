"""Who is told what by mail. The trail is the outbox: a cursor per studio reads its lines in order, each exactly once,
and puts a `Delivery` for every recipient; reminders and endings are found by the clock. `actions.run` sends,
after it has had the check-ins that were missed flagged (`checkins.actions.raise_missed`).

Imports everything below pages, and knows pages only by the names of their addresses. A mail never holds a client's
name, anything about health, or a link that decides by itself; tokens are made again while sending and stored nowhere.
"""
