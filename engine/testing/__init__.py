"""The contracts of plugins as tests, for our own plugins and for those of others.

    import pytest
    from engine.testing import plugin_checks

    @pytest.mark.parametrize("check", plugin_checks("plugins"), ids=str)
    def test_plugin(check):
        check()

Beside the checks there are Hypothesis strategies: rows, measurements, series, statuses and members.
"""

from engine.testing.checks import Check, plugin_checks
from engine.testing.strategies import measurements, members, rows, series, statuses

__all__ = ["Check", "measurements", "members", "plugin_checks", "rows", "series", "statuses"]
