"""The check of a bundle before it may run: everything that would stop or mislead a case, found without running it."""

from workflows.engine.checks.checking import check, check_content

__all__ = ["check", "check_content"]
