"""Triggers that keep written rows as they were written. PostgreSQL refuses, whoever asks."""

import pgtrigger


def immutable() -> list[pgtrigger.Trigger]:
    """Return the triggers that refuse UPDATE, DELETE and TRUNCATE of a table's rows."""
    return [
        pgtrigger.Protect(name="rows_stay", operation=pgtrigger.Update | pgtrigger.Delete),
        table_stays(),
    ]


def closes_once(*, end: str = "until", also: tuple[str, ...] = ()) -> list[pgtrigger.Trigger]:
    """Return the triggers of a period: its `end` (and the columns that go with it) is set once; all else stays."""
    free = " ".join(f"rest.{column} := OLD.{column};" for column in (end, *also))
    return [
        pgtrigger.Trigger(
            name="closes_once",
            when=pgtrigger.Before,
            operation=pgtrigger.Update,
            declare=[("rest", "RECORD")],
            func=(
                f"rest := NEW; {free} "
                f"IF OLD.{end} IS NOT NULL OR rest IS DISTINCT FROM OLD THEN "
                "RAISE EXCEPTION 'a period of % is closed once and otherwise never changed', TG_TABLE_NAME; "
                "END IF; RETURN NEW;"
            ),
        ),
        pgtrigger.Protect(name="rows_stay", operation=pgtrigger.Delete),
        table_stays(),
    ]


def stamped() -> pgtrigger.Trigger:
    """Return the trigger that writes the inserting transaction into `txid`, whatever the caller says."""
    return pgtrigger.Trigger(
        name="stamped",
        when=pgtrigger.Before,
        operation=pgtrigger.Insert,
        func="NEW.txid := txid_current(); RETURN NEW;",
    )


def born_with(*, table: str, column: str) -> pgtrigger.Trigger:
    """Return the trigger that lets a row in only in the transaction that wrote its parent in `table`."""
    return pgtrigger.Trigger(
        name="born_with_parent",
        when=pgtrigger.Before,
        operation=pgtrigger.Insert,
        func=(
            f"IF NOT EXISTS (SELECT 1 FROM {table} WHERE id = NEW.{column} AND txid = txid_current()) THEN "
            "RAISE EXCEPTION '% rows are written together with their parent or not at all', TG_TABLE_NAME; "
            "END IF; RETURN NEW;"
        ),
    )


def of_one_client(**others: str) -> pgtrigger.Trigger:
    """Return the trigger that refuses a row whose other ends, as column=table, belong to another client than it."""
    tests = " OR ".join(
        f"(NEW.{column} IS NOT NULL AND NOT EXISTS "
        f"(SELECT 1 FROM {table} o WHERE o.id = NEW.{column} AND o.client_id = NEW.client_id))"
        for column, table in others.items()
    )
    return pgtrigger.Trigger(
        name="of_one_client",
        when=pgtrigger.Before,
        operation=pgtrigger.Insert,
        func=f"IF {tests} THEN RAISE EXCEPTION '% rows are about one client', TG_TABLE_NAME; END IF; RETURN NEW;",
    )


def table_stays() -> pgtrigger.Trigger:
    """Return the trigger that refuses TRUNCATE."""
    return pgtrigger.Trigger(
        name="table_stays",
        when=pgtrigger.Before,
        operation=pgtrigger.Truncate,
        level=pgtrigger.Statement,
        func="RAISE EXCEPTION '% is never emptied', TG_TABLE_NAME;",
    )


def stays_with(*fields: str) -> pgtrigger.Trigger:
    """Return the trigger that refuses to move a row: these fields keep what they were written with."""
    return pgtrigger.ReadOnly(name="stays_with_its_own", fields=list(fields))
