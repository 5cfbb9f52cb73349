"""Pictures compared as an eye does: what antialiasing and font hinting do is tolerated, a moved line is not.

A pixel differs if its colour is not among those of its neighbours in the other
picture, give or take a little; and a patch differs if its mean colour does.
"""

from __future__ import annotations

import base64
import binascii
import io
from typing import Any

from mlqa.ipynb.comparison.difference import Difference, Picture
from mlqa.ipynb.comparison.rules import Rules

__all__ = ["compare_pictures"]

_FORMATS = ("PNG", "JPEG", "GIF", "WEBP")
_MOST_PIXELS = 25_000_000
_CLOSE = 40.0  # of 255: a colour that antialiasing may give
_SPOT = 20  # pixels: more than hinting (10) or a changed letter (15) leaves in one spot
_PATCH = 51  # pixels: wider than a letter's stroke, so that hinting averages out
_PATCH_CLOSE = 8.0
_JITTER = 2  # pixels by which a tight bounding box moves with the font
_WIDEST = 320
_MOST_BYTES = 40_000


def compare_pictures(stored: str, new: str, rules: Rules) -> list[Difference]:
    """Compare two pictures in base64.

    Parameters
    ----------
    stored, new : str
        PNG, JPEG, GIF or WebP.
    rules : Rules
        ``picture`` is the share of pixels that may differ.

    Returns
    -------
    list of Difference
        At most one; it carries the two pictures and a third that shows where
        they differ. Without Pillow, or where a picture cannot be read, equal
        bytes are asked for, and the difference says so.

    Notes
    -----
    Lines that move by one pixel are not seen: another version of a font does as much.
    """
    if "".join(stored.split()) == "".join(new.split()):
        return []
    try:
        left, right = _pixels(stored), _pixels(new)
    except ImportError:
        return [_bytes_apart(stored, new, "the bytes (pip install pillow to compare pictures by eye)")]
    except (OSError, ValueError, SyntaxError, binascii.Error) as error:
        return [_bytes_apart(stored, new, f"the bytes (not a picture that can be read: {type(error).__name__})")]
    if any(abs(a - b) > _JITTER for a, b in zip(left.shape, right.shape, strict=True)):
        sizes = [f"{side.shape[1]} x {side.shape[0]} pixels" for side in (left, right)]
        shown = Picture(stored=_small(left), new=_small(right), difference=_small(right))
        return [Difference(where="size", stored=sizes[0], new=sizes[1], picture=shown)]
    height, width = (min(a, b) for a, b in zip(left.shape[:2], right.shape[:2], strict=True))
    left, right = left[:height, :width], right[:height, :width]
    pixels, patches = _apart(left, right)
    share = float((pixels | patches).mean())
    # a cell that asks for more room asks for it in one spot too
    spot = _SPOT if rules.picture <= Rules().picture else rules.picture * pixels.size
    in_spot = _largest(pixels) > spot
    if share <= rules.picture and not in_spot:
        return []
    apart = pixels if in_spot or pixels.mean() > rules.picture else patches  # pixels are sharper to look at
    shown = Picture(stored=_small(left), new=_small(right), difference=_small(_marked(right, apart)))
    where = f"{100 * float(apart.mean()):.2g} % of the pixels, {_region(apart)}"
    size = f"{width} x {height} pixels"
    return [Difference(where=where, stored=size, new=size, off=share, picture=shown)]


def _pixels(text: str) -> Any:
    """Decode a picture to colours on white, as floats in [0, 255]."""
    import numpy as np
    from PIL import Image

    with Image.open(io.BytesIO(base64.b64decode("".join(text.split()), validate=True)), formats=_FORMATS) as image:
        if image.width * image.height > _MOST_PIXELS:
            raise ValueError(f"{image.width} x {image.height} pixels are too many")
        whole = image.convert("RGBA")
    paper = Image.new("RGBA", whole.size, "white")
    return np.asarray(Image.alpha_composite(paper, whole).convert("RGB"), dtype=np.float32)


def _apart(left: Any, right: Any) -> tuple[Any, Any]:
    """Mark the pixels that differ, and the patches whose mean colour does."""
    import numpy as np
    from scipy import ndimage

    marks = np.zeros(left.shape[:2], dtype=bool)
    for one, other in ((left, right), (right, left)):
        for colour in range(3):
            plane = other[..., colour]
            low, high = ndimage.minimum_filter(plane, 3), ndimage.maximum_filter(plane, 3)
            marks |= (one[..., colour] < low - _CLOSE) | (one[..., colour] > high + _CLOSE)
    patches = np.zeros_like(marks)
    for colour in range(3):
        patch = ndimage.uniform_filter(left[..., colour] - right[..., colour], _PATCH)
        patches |= np.abs(patch) > _PATCH_CLOSE
    return marks, patches


def _largest(marks: Any) -> int:
    """Count the pixels of the largest connected spot: a piece of a line hangs together, hinting is strewn."""
    import numpy as np
    from scipy import ndimage

    spots, number = ndimage.label(marks, np.ones((3, 3)))
    return int(np.bincount(spots.ravel())[1:].max()) if number else 0


def _region(apart: Any) -> str:
    """Say where the differing pixels are."""
    rows, columns = apart.any(axis=1).nonzero()[0], apart.any(axis=0).nonzero()[0]
    return f"x {columns[0]}-{columns[-1]}, y {rows[0]}-{rows[-1]}"


def _marked(picture: Any, apart: Any) -> Any:
    """Paint what differs red on a faded copy."""
    from scipy import ndimage

    faded = 255 - (255 - picture) * 0.3
    thick = ndimage.binary_dilation(apart, iterations=max(1, picture.shape[1] // (2 * _WIDEST)))
    faded[thick] = (214, 39, 40)
    return faded


def _small(picture: Any) -> bytes:
    """Write a picture as a small PNG."""
    import numpy as np
    from PIL import Image

    image = Image.fromarray(np.clip(picture, 0, 255).astype(np.uint8))
    for longest, colours in ((_WIDEST, 64), (_WIDEST, 16), (_WIDEST // 2, 32), (_WIDEST // 4, 16)):
        part = image.copy()
        part.thumbnail((longest, longest), Image.Resampling.LANCZOS)
        file = io.BytesIO()
        part.quantize(colours).save(file, "PNG", optimize=True)
        if file.tell() <= _MOST_BYTES:
            break
    return file.getvalue()


def _bytes_apart(stored: str, new: str, where: str) -> Difference:
    return Difference(where=where, stored=f"{len(stored)} characters", new=f"{len(new)} characters")
