"""What the runner of the OpenAPI tests needs to know beyond the description."""

import json

import schemathesis
from schemathesis import GenerationMode

# What a valid request can't guess: a position in a list, the first of at most 400 days, keys of personas, fields.
LEFT_OUT = ("cursor", "from", "filter[persona]", "fields")


@schemathesis.serializer("application/x-ndjson")
def ndjson(ctx, value):
    """One JSON value a line."""
    rows = value if isinstance(value, list) else [value]
    return "\n".join(json.dumps(row) for row in rows).encode()


@schemathesis.hook
def before_call(ctx, case, kwargs):
    """Valid requests ask for what is there."""
    if case.meta is None or not case.query:
        return
    # Narrows what a description requires.
    if case.query.get("fields") == "id":
        del case.query["fields"]
    if case.meta.generation.mode is GenerationMode.POSITIVE:
        for name in LEFT_OUT:
            case.query.pop(name, None)
