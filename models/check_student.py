"""Scores a pulled student in plain PyTorch: `python check_student.py STUDENT_FOLDER CAMVID_FOLDER`. Run by hand.

An independent check that a pulled student runs without Reflux: torch.jit.load, mean and deviation from the card, bilinear
logits, arg max, mIoU over the test split. It also checks that weights.safetensors contains the same tensors.
"""

import csv
import json
import sys
from pathlib import Path

import numpy as np
import torch
from PIL import Image
from safetensors.torch import load_file


def confusion(model: torch.jit.ScriptModule, card: dict, rows: list, folder: Path) -> np.ndarray:
    classes = len(card["labelSchema"]["classes"])
    mean = torch.tensor(card["input"]["mean"]).view(1, 3, 1, 1)
    std = torch.tensor(card["input"]["std"]).view(1, 3, 1, 1)
    counts = np.zeros((classes, classes), dtype=np.int64)
    for row in rows:
        image = np.asarray(Image.open(folder / row["image"]).convert("RGB")).copy()
        label = np.asarray(Image.open(folder / row["label"])).astype(np.int64)
        x = (torch.from_numpy(image).permute(2, 0, 1)[None].float() / 255 - mean) / std
        with torch.inference_mode():
            logits, _ = model(x)
            full = torch.nn.functional.interpolate(logits, label.shape, mode="bilinear", align_corners=False)
        known = label != 255
        pairs = label[known] * classes + full[0].argmax(0).numpy()[known]
        counts += np.bincount(pairs, minlength=classes * classes).reshape(classes, classes)
    return counts


def main(student: Path, camvid: Path) -> None:
    card = json.loads((student / "student.json").read_text())
    model = torch.jit.load(str(student / "student.pt")).eval()
    with (camvid / "manifest.csv").open() as file:
        rows = [row for row in csv.DictReader(file) if row["split"] == "test"]
    counts = confusion(model, card, rows, camvid)
    union = counts.sum(0) + counts.sum(1) - counts.diagonal()
    iou = counts.diagonal()[counts.sum(1) > 0] / union[counts.sum(1) > 0]
    print(f"{len(rows)} frames, mIoU {100 * iou.mean():.2f}")
    weights = load_file(str(student / "weights.safetensors"))
    state = dict(model.named_parameters()) | dict(model.named_buffers())
    missing = [name for name in state if name not in weights]
    differing = [name for name in weights if name in state and not torch.equal(weights[name], state[name].cpu())]
    print(f"weights.safetensors: {len(weights)} tensors, {len(missing)} missing, {len(differing)} differing")


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
