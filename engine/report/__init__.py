"""Reports: results in words and as data, in Finnish, Swedish and English."""

from engine.report.report import Report

__all__ = ["Report"]
