"""Frames kept beside a clip that is being painted, so that a command that was stopped can go on."""

import hashlib
import json
import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from PIL import Image

from nst.pictures.writing import part_of
from nst.specs import InputError

MADE_BY = "made-by.json"
"""The file that says what the frames are of."""
FAST = 1
"""The effort of PNG's compression: a frame is read once, at most."""


@dataclass(frozen=True)
class Kept:
    """A folder of painted frames; see `opened`."""

    folder: Path

    @classmethod
    def opened(cls, out: Path, made_by: Mapping[str, object]) -> "Kept":
        """The folder beside a clip to be written, made if there is none.

        Args:
            made_by: what decides what the frames look like, of what JSON knows.

        Raises:
            InputError: it has frames that something else decided, or cannot be written.
        """
        folder = out.with_name(f"{out.name}.frames")
        try:
            folder.mkdir(exist_ok=True)
            said = folder / MADE_BY
            if not said.exists():
                if any(folder.iterdir()):
                    raise _alien(folder)
                said.write_text(json.dumps(made_by, indent=1))
            elif json.loads(said.read_text()) != json.loads(json.dumps(made_by)):
                raise _alien(folder)
        except (OSError, ValueError) as error:
            if isinstance(error, InputError):
                raise
            raise InputError(f"The frames cannot be kept in {folder}: {error}.") from error
        return cls(folder)

    def get(self, number: int, size: tuple[int, int]) -> Image.Image | None:
        """The painted frame of a number, RGB; None if there is none, or none that can be read.

        What cannot be read is removed.
        """
        file = self._file(number)
        try:
            with Image.open(file, formats=("PNG",)) as image:
                if image.size == size:
                    return image.convert("RGB")
        except (OSError, SyntaxError):
            pass
        file.unlink(missing_ok=True)
        return None

    def put(self, number: int, image: Image.Image) -> None:
        """Keep a painted frame, whole or not at all; one that is there stays."""
        file = self._file(number)
        if file.exists():
            return
        part = part_of(file)
        try:
            image.save(part, "PNG", compress_level=FAST)
            part.replace(file)
        finally:
            part.unlink(missing_ok=True)

    def __len__(self) -> int:
        """How many frames are kept."""
        return sum(1 for _ in self.folder.glob("[0-9]*.png"))

    def remove(self) -> None:
        """Remove the folder: the clip is whole, or nothing was painted."""
        shutil.rmtree(self.folder, ignore_errors=True)

    def _file(self, number: int) -> Path:
        return self.folder / f"{number:06}.png"


def _alien(folder: Path) -> InputError:
    return InputError(
        f"There are frames of another command in {folder}: give that command again to go on with "
        "them, remove the folder, or choose another name for the clip."
    )


def fingerprint(*contents: Path | Image.Image) -> str:
    """A digest of files and pictures."""
    digest = hashlib.sha256()
    for content in contents:
        if isinstance(content, Path):
            with content.open("rb") as file:
                digest.update(hashlib.file_digest(file, "sha256").digest())
        else:
            digest.update(f"{content.mode}{content.size}".encode() + content.tobytes())
    return digest.hexdigest()
