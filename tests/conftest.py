"""How the properties are searched: the same examples on every run, and no clock.

HYPOTHESIS_PROFILE=search looks for new counter-examples instead, a thousand for each property.
"""

import os

from hypothesis import HealthCheck, settings

settings.register_profile(
    "same", max_examples=50, derandomize=True, deadline=None, database=None,
    suppress_health_check=[HealthCheck.too_slow],
)
settings.register_profile(
    "search", max_examples=1000, deadline=None, suppress_health_check=[HealthCheck.too_slow],
)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "same"))
