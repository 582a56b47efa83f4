"""What every mapping of the contract is."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict
from pydantic.alias_generators import to_camel


class Model(BaseModel):
    """Closed: an unknown key is an error. Frozen: past the door nothing changes."""

    model_config = ConfigDict(alias_generator=to_camel, extra="forbid", frozen=True)
