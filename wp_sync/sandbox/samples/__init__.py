"""The sample sources of the demo: invented publications, served on this machine."""

from .library import (
    Furniture,
    Manifest,
    Repeat,
    SampleArticle,
    SampleSource,
    load_manifest,
    load_sources,
)
from .pictures import draw_picture
from .server import SampleRequest, SampleSources, sample_config, serve_samples

__all__ = [
    "Furniture",
    "Manifest",
    "Repeat",
    "SampleArticle",
    "SampleRequest",
    "SampleSource",
    "SampleSources",
    "draw_picture",
    "load_manifest",
    "load_sources",
    "sample_config",
    "serve_samples",
]
