"""How many examples a property is tried with; `make quick` tries a few of them."""

from hypothesis import settings

FEW = 10
settings.register_profile("quick", max_examples=FEW, deadline=None)


def examples(number: int) -> settings:
    """Return the settings of a property that is tried with `number` examples."""
    quick = settings.get_current_profile_name() == "quick"
    return settings(max_examples=min(number, FEW) if quick else number, deadline=None)
