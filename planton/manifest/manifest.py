"""A manifest, with what is known about it outside its text."""

from __future__ import annotations

from dataclasses import dataclass

from planton.diagnostics.diagnostic import quote
from planton.dialects.contract import KIND, REQUEST_KIND, Contract
from planton.dialects.words import TODAY, Words
from planton.manifest.enums import BillingMode
from planton.manifest.metadata import Metadata
from planton.manifest.place import ANYWHERE, Place
from planton.manifest.spec import Spec


@dataclass(frozen=True, slots=True)
class Manifest:
    """One manifest: what it says, which contract it follows, and where the table will be.

    `extended` are the fields of spec from the extensions annotation, which the v1 contract does not
    check. `place` is the region and account set outside the manifest. `words` are the names of
    fields in messages, and `placeholder` is the name of what has an invalid one.
    """

    metadata: Metadata
    spec: Spec
    contract: Contract = Contract.V1
    extended: frozenset[str] = frozenset()
    place: Place = ANYWHERE
    words: Words = TODAY
    placeholder: str = ""

    @property
    def table_name(self) -> str:
        """The table's name in AWS, if this manifest creates it."""
        return self.spec.table_name or self.metadata.name

    @property
    def region(self) -> str | None:
        """The table's region, set in or outside the manifest."""
        return self.spec.region or self.place.region

    @property
    def region_aside(self) -> str:
        """A note for messages about a region that is not set in the manifest."""
        return "" if self.spec.region else " (its region is set outside the manifest)"

    @property
    def kind(self) -> str:
        """The kind of the document: a manifest, or a request to a Kratix platform."""
        return REQUEST_KIND if self.contract is Contract.REQUEST else KIND

    @property
    def billing_mode(self) -> BillingMode | None:
        """The mode, or the contract's default; None if the contract has no default."""
        default = None if self.contract.demands_billing_mode else BillingMode.PROVISIONED
        return self.spec.billing_mode or default

    def titled(self, what: str, name: str) -> str:
        """What messages call something with a name: an invalid name is not repeated, because the
        position shows which one it is."""
        return what if name == self.placeholder else f"{what} {quote(name)}"

    def is_narrow(self, field: str) -> bool:
        """Whether the narrower limits of the v1 contract apply to a field of spec."""
        return self.contract is Contract.V1 and field not in self.extended
