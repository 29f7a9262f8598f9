"""The check of a bundle before it may run: everything that would stop or mislead a case, found without running it."""

from workflows.engine.checks.checking import check, check_content
from workflows.engine.checks.files import Report, check_files, open_bundle
from workflows.engine.checks.wording import finding_text, line, sentence

__all__ = ["Report", "check", "check_content", "check_files", "finding_text", "line", "open_bundle", "sentence"]
