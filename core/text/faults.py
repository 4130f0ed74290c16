"""What is wrong with an input, as codes that an app's `labels.py` has words for; pure, as rules are."""

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Fault:
    """One problem: where (`path`), what (`code`), and the values that its sentence names."""

    path: str
    code: str
    values: Mapping[str, str] = field(default_factory=dict)

    def below(self, prefix: str) -> "Fault":
        """The same fault with `prefix` before its path."""
        return Fault(".".join(part for part in (prefix, self.path) if part), self.code, self.values)

    def __str__(self) -> str:
        named = ", ".join(f"{name}={value}" for name, value in sorted(self.values.items()))
        return f"{self.path}: {self.code}" + (f" ({named})" if named else "")


class FaultyError(ValueError):
    """An input was refused; `faults` lists every reason, not only the first."""

    def __init__(self, *faults: Fault) -> None:
        self.faults = faults
        super().__init__("; ".join(str(fault) for fault in faults))
