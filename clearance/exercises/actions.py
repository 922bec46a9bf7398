"""Load the library from its data file."""

import json
from pathlib import Path

from django.db import transaction

from clearance.exercises.models import Exercise
from clearance.exercises.properties import problems

LIBRARY = Path(__file__).parent / "data" / "library.json"


@transaction.atomic
def load_library(path: Path = LIBRARY) -> int:
    """Write every entry of the data file, new or changed, and return how many there are.

    Raises ValueError, naming the entry, when a property is missing or unknown; then nothing is written.
    """
    entries = json.loads(path.read_text(encoding="utf-8"))
    for entry in entries:
        found = problems(entry["properties"])
        if found:
            raise ValueError(f"{entry['slug']}: {'; '.join(found)}")
    fields = [name for name in entries[0] if name != "slug"]
    Exercise.objects.bulk_create(
        [Exercise(**entry) for entry in entries], update_conflicts=True, unique_fields=["slug"], update_fields=fields
    )
    return len(entries)
