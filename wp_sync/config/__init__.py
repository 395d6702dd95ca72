"""config.toml and mappings/*.toml as frozen values. Wrong ones are refused, all at once."""

from .channels import Channel, Source
from .load import load_config
from .schema import Config

__all__ = ["Channel", "Config", "Source", "load_config"]
