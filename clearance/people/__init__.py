"""Who is who: users, studios, memberships, clients, physicians, care teams, consents, personal links, and the door to
them.

May import anatomy and audit. Knows nothing of injuries, decisions or programs. Holds the one lock: whoever changes a
fact that the gate reads locks the client's row first (`lock.lock_client`) and takes the moment from that lock.
"""
