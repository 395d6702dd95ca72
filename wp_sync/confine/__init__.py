"""The limited child in which untrusted bytes are parsed."""

from .confinement import Confinement

__all__ = ["Confinement"]
