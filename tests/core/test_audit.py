"""The audit trail is whole after everything that is allowed, and tells of everything that is not."""

from workflows.core import audit
