"""Draws small diagrams of the dialect in a few lines, without the positions that only people need."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from xml.sax.saxutils import escape, quoteattr

HEAD = (
    '<bpmn:definitions xmlns:bpmn="http://www.omg.org/spec/BPMN/20100524/MODEL"'
    ' xmlns:zeebe="http://camunda.org/schema/zeebe/1.0" id="d" targetNamespace="t">'
)


class Drawing:
    """One process; elements drawn inside ``with drawing.sub(…)`` lie in that subprocess."""

    def __init__(self, key: str = "p") -> None:
        self.key = key
        self._shared: list[str] = []
        self._parts: list[list[str]] = [[]]
        self._done: list[str] = []
        self._flows = 0

    def node(self, tag: str, name: str, inner: str = "", extension: str = "", **attributes: str) -> str:
        given = "".join(
            f" {key}={quoteattr(value)}" for key, value in {"name": f"Schritt {name}", **attributes}.items()
        )
        body = (f"<bpmn:extensionElements>{extension}</bpmn:extensionElements>" if extension else "") + inner
        self._parts[-1].append(f'<bpmn:{tag} id="{name}"{given}>{body}</bpmn:{tag}>')
        return name

    def start(self, name: str = "start", inner: str = "") -> str:
        return self.node("startEvent", name, inner)

    def end(self, name: str = "end", inner: str = "", extension: str = "") -> str:
        return self.node("endEvent", name, inner, extension)

    def user(self, name: str, group: str | None = "group:team", extension: str = "", inner: str = "") -> str:
        assigned = f"<zeebe:assignmentDefinition candidateGroups={quoteattr(group)}/>" if group else ""
        return self.node("userTask", name, inner, assigned + extension)

    def service(self, name: str, operator: str, extension: str = "", inner: str = "") -> str:
        return self.node("serviceTask", name, inner, f'<zeebe:taskDefinition type="{operator}"/>' + extension)

    def script(self, name: str, expression: str, result: str, extension: str = "") -> str:
        script = f"<zeebe:script expression={quoteattr(expression)} resultVariable={quoteattr(result)}/>"
        return self.node("scriptTask", name, "", script + extension)

    def rule(self, name: str, decision: str, result: str) -> str:
        called = f"<zeebe:calledDecision decisionId={quoteattr(decision)} resultVariable={quoteattr(result)}/>"
        return self.node("businessRuleTask", name, "", called)

    def receive(self, name: str, message: str, extension: str = "") -> str:
        return self.node("receiveTask", name, "", extension, messageRef=f"m_{message}")

    def gateway(self, kind: str, name: str, default: str | None = None) -> str:
        return self.node(f"{kind}Gateway", name, **({"default": default} if default else {}))

    def catch(self, name: str, inner: str, extension: str = "") -> str:
        return self.node("intermediateCatchEvent", name, inner, extension)

    def throw(self, name: str, inner: str = "", extension: str = "") -> str:
        return self.node("intermediateThrowEvent", name, inner, extension)

    def boundary(self, name: str, host: str, inner: str, *, interrupting: bool = True, extension: str = "") -> str:
        cancel = "true" if interrupting else "false"
        return self.node("boundaryEvent", name, inner, extension, attachedToRef=host, cancelActivity=cancel)

    def call(self, name: str, process: str, extension: str = "", inner: str = "") -> str:
        return self.node("callActivity", name, inner, f'<zeebe:calledElement processId="{process}"/>' + extension)

    def flow(self, *names: str, when: str | None = None, name: str | None = None) -> str:
        """Flows along the names; the last one bears ``when`` and ``name`` (its id)."""
        for source, target in zip(names, names[1:], strict=False):
            self._flows += 1
            last = target == names[-1]
            flow = name if name and last else f"f{self._flows}_{source}_{target}"
            condition = f"<bpmn:conditionExpression>{escape(when)}</bpmn:conditionExpression>" if when and last else ""
            self._parts[-1].append(
                f'<bpmn:sequenceFlow id="{flow}" sourceRef="{source}" targetRef="{target}">{condition}'
                "</bpmn:sequenceFlow>"
            )
        return flow

    @contextmanager
    def sub(self, name: str, extension: str = "", inner: str = "") -> Iterator[None]:
        self._parts.append([])
        yield
        content = "".join(self._parts.pop())
        self.node("subProcess", name, inner + content, extension)

    @contextmanager
    def called(self, key: str) -> Iterator[None]:
        """Draw another process of the same file, beside the one being drawn."""
        self._parts.append([])
        yield
        self._done.append(f'<bpmn:process id="{key}" isExecutable="true">{"".join(self._parts.pop())}</bpmn:process>')

    def message(self, name: str, key: str = "=ref") -> str:
        """Declares a message; gives the event definition that refers to it."""
        self._shared.append(
            f'<bpmn:message id="m_{name}" name="{name}"><bpmn:extensionElements>'
            f"<zeebe:subscription correlationKey={quoteattr(key)}/></bpmn:extensionElements></bpmn:message>"
        )
        return f'<bpmn:messageEventDefinition messageRef="m_{name}"/>'

    def error(self, code: str) -> str:
        self._shared.append(f'<bpmn:error id="e_{code}" name="{code}" errorCode="{code}"/>')
        return f'<bpmn:errorEventDefinition errorRef="e_{code}"/>'

    def escalation(self, code: str) -> str:
        self._shared.append(f'<bpmn:escalation id="x_{code}" name="{code}" escalationCode="{code}"/>')
        return f'<bpmn:escalationEventDefinition escalationRef="x_{code}"/>'

    def process(self, key: str) -> None:
        """Begin another process in the same file."""
        self._close()
        self.key, self._first = key, getattr(self, "_first", self.key)

    def _close(self) -> None:
        self._done.append(f'<bpmn:process id="{self.key}" isExecutable="true">{"".join(self._parts[0])}</bpmn:process>')
        self._parts = [[]]

    def xml(self) -> bytes:
        if self._parts[0]:
            self._close()
        return (HEAD + "".join(self._shared) + "".join(self._done) + "</bpmn:definitions>").encode()


def timer(kind: str, expression: str) -> str:
    """``date``, ``duration`` or ``cycle``."""
    tag = f"time{kind.title()}"
    return f"<bpmn:timerEventDefinition><bpmn:{tag}>{escape(expression)}</bpmn:{tag}></bpmn:timerEventDefinition>"


def mapping(inputs: Mapping[str, str] | None = None, outputs: Mapping[str, str] | None = None) -> str:
    """``zeebe:ioMapping``: target to source."""
    parts = [f"<zeebe:input source={quoteattr(s)} target={quoteattr(t)}/>" for t, s in (inputs or {}).items()]
    parts += [f"<zeebe:output source={quoteattr(s)} target={quoteattr(t)}/>" for t, s in (outputs or {}).items()]
    return f"<zeebe:ioMapping>{''.join(parts)}</zeebe:ioMapping>"


def each(collection: str, item: str, *, sequential: bool = False, gather: tuple[str, str] | None = None) -> str:
    """Multi-instance; ``gather`` is output collection and output element."""
    out = f"outputCollection={quoteattr(gather[0])} outputElement={quoteattr(gather[1])}" if gather else ""
    return (
        f'<bpmn:multiInstanceLoopCharacteristics isSequential="{str(sequential).lower()}"><bpmn:extensionElements>'
        f"<zeebe:loopCharacteristics inputCollection={quoteattr(collection)} inputElement={quoteattr(item)} {out}/>"
        "</bpmn:extensionElements></bpmn:multiInstanceLoopCharacteristics>"
    )


TERMINATE = "<bpmn:terminateEventDefinition/>"
