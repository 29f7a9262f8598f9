"""A house in which a running case is moved to the newest version of its process."""

from collections.abc import Mapping

from sqlalchemy import func, select

from tests.engine.house import House
from workflows.engine import consistency, definitions
from workflows.engine.definitions import Version
from workflows.engine.migration import Earlier, Plan, Verdict, move, plan, proposed_names, undo
from workflows.engine.state import Instance


class Changing(House):
    """Every verb is one transaction on a fresh session, as in a house."""

    def plan(self, instance: int, names: Mapping[str, str] | None = None) -> Plan:
        """The version the instance has against the newest; the name map is the proposed one unless given."""
        with self.begin() as tx:
            row = tx.session.get_one(Instance, instance)
            old = definitions.load(tx.session, row.version_id)
            new = definitions.active(tx.session, row.process_key)
            return plan(old, new, proposed_names(old, new) if names is None else names)

    def judge(self, instance: int, names: Mapping[str, str] | None = None) -> Verdict:
        """What the newest version means for the instance."""
        return self.plan(instance, names).judge(self.instance(instance).state)

    def move(self, instance: int, names: Mapping[str, str] | None = None) -> tuple[Verdict, Earlier | None]:
        """Move the instance to the newest version; whatever comes of it, everything stored fits together."""
        planned = self.plan(instance, names)
        with self.begin() as tx:
            found = move(tx, self.engine, instance, planned.new, planned.names)
        self.check(instance)
        return found

    def moved(self, instance: int, names: Mapping[str, str] | None = None) -> Earlier:
        """Move the instance, which must be possible; gives what it was."""
        verdict, earlier = self.move(instance, names)
        assert (verdict.outcome, verdict.reasons) == ("move", ())
        assert earlier is not None
        assert self.number(instance) == self.newest(instance)
        return earlier

    def refused(self, instance: int, names: Mapping[str, str] | None = None) -> set[tuple[str, str]]:
        """Try to move the instance, which must be refused and change nothing; gives codes and elements."""
        before = self.stored(instance)
        verdict, earlier = self.move(instance, names)
        assert (verdict.outcome, earlier) == ("refused", None)
        assert self.stored(instance) == before
        return {(reason.code, reason.element) for reason in verdict.reasons}

    def undo(self, instance: int, earlier: Earlier) -> None:
        """Take a move back."""
        with self.begin() as tx:
            undo(tx, instance, earlier)
        self.check(instance)

    def number(self, instance: int) -> int:
        """The number of the version the instance is pinned to."""
        with self.begin() as tx:
            return tx.session.get_one(Version, tx.session.get_one(Instance, instance).version_id).number

    def newest(self, instance: int) -> int:
        """The number of the newest version of its process."""
        with self.begin() as tx:
            key = tx.session.get_one(Instance, instance).process_key
            return tx.session.scalar(select(func.max(Version.number)).where(Version.process_key == key)) or 0

    def stored(self, instance: int) -> tuple[object, ...]:
        """What of the instance itself is stored, but for its revision."""
        row = self.instance(instance)
        return row.version_id, row.state, row.variables, row.status

    def check(self, instance: int | None = None) -> None:
        """Everything stored fits together, of one instance or of all."""
        with self.begin() as tx:
            if instance is None:
                assert list(consistency.check(tx.session)) == []
                return
            known = consistency.Definitions(tx.session)
            found = consistency._check_some(tx.session, known, [tx.session.get_one(Instance, instance)])
            assert list(found) == []
