"""config.toml and mappings/*.toml as frozen values. Wrong ones are refused, all at once."""

from .load import load_config
from .schema import Channel, Config, Source

__all__ = ["Channel", "Config", "Source", "load_config"]
