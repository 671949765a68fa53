"""Age and sex, the way every screen says them beside a name, or in its place."""


def who_words(age: int | None, sex: str | None) -> str:
    """`72 F`; what is not known is left out."""
    return " ".join(part for part in (str(age) if age is not None else "", sex or "") if part)
