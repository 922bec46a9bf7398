"""The door to programs."""

from django.http import Http404

from clearance.people.models import Client
from clearance.programs.models import Program


def program_for(client: Client, program_id: int) -> Program:
    """Return a program of this client, or raise 404."""
    try:
        return Program.objects.select_related("client", "by").get(pk=program_id, client=client)
    except Program.DoesNotExist:
        raise Http404("No such program.") from None
