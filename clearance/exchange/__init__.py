"""Paper in and out: letters, copies, scans.

May import programs and everything below; decides nothing, stores nothing by itself. What comes in from outside is
opened only in a short-lived process of its own (`cleaner`), and only what that process made anew is handed on.
"""
