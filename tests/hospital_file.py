"""Hospital files for tests: a few wards of named bays, a clinic, and a feed at the end, so that a test can add to it."""


def hospital_file(wards: dict[str, dict[str, int]], *, clinic: bool = True, name: str = "Small Hospital", outbound: str = "") -> str:
    """The file of `small`: wards by id, of each its bays and how many beds they have. What is appended belongs to the feed `his`."""
    parts = [f'[hospital]\nid = "small"\nname = "{name}"\nzone = "Asia/Kolkata"\n']
    for ward, bays in wards.items():
        parts.append(f'[[wards]]\nid = "{ward}"\nname = "Ward {ward}"\nspecialty = "Medicine"\n')
        parts += [f'[[wards.rooms]]\nid = "{bay}"\nname = "Bay {bay}"\ntype = "general"\nbeds = {beds}\n' for bay, beds in bays.items()]
    if clinic:
        parts.append('[[clinics]]\nid = "ENT"\nname = "ENT"\nprefix = "E"\n\n[[clinics.rooms]]\nid = "1"\nname = "Room 1"\n')
    parts.append('[[feeds]]\nid = "his"\nname = "HIS"\n' + (f'outbound = "{outbound}"\n' if outbound else ""))
    return "\n".join(parts)
