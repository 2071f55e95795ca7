"""Hypothesis for mutants: the same examples each time, on no clock, and no search for the smallest one that fails."""

from hypothesis import Phase, settings

settings.register_profile("mutants", settings.get_profile("ci"), phases=(Phase.explicit, Phase.generate))
