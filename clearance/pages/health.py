"""Health, for whoever watches the installation: is the process there, and can it serve."""

from django.contrib.auth.decorators import login_not_required
from django.db import Error, connection
from django.db.migrations.executor import MigrationExecutor
from django.http import HttpRequest, HttpResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

TEXT = "text/plain; charset=utf-8"


@login_not_required
@never_cache
@require_safe
def alive(request: HttpRequest) -> HttpResponse:
    """Answer ok while the process runs. Asks nobody."""
    return HttpResponse("ok", content_type=TEXT)


@login_not_required
@never_cache
@require_safe
def ready(request: HttpRequest) -> HttpResponse:
    """Answer ok when the database answers and its schema is that of this code; 503 with the reason's word otherwise."""
    reason = _not_ready()
    return HttpResponse(reason or "ok", content_type=TEXT, status=503 if reason else 200)


def _not_ready() -> str:
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
        return "migrations" if _unapplied() else ""
    except Error:
        return "database"


def _unapplied() -> bool:
    executor = MigrationExecutor(connection)
    return bool(executor.migration_plan(executor.loader.graph.leaf_nodes()))
