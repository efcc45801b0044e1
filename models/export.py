"""Writes every model file of this folder with its card: `python export.py`. Run by hand; the results are committed."""

import argparse
import hashlib
import json
from pathlib import Path

import torch

from contract import define_contract
from student_cnn import StudentCnn
from student_segformer import StudentSegformer
from teacher_cnn import TeacherCnn
from tiny import OneOutput, TinyStudent, TinyTeacher

HERE = Path(__file__).parent
SCHEMAS = HERE.parent / "common/model/src/main/resources/dev/reflux/common/label"
MEAN, STD = [0.485, 0.456, 0.406], [0.229, 0.224, 0.225]


def tiny_schema() -> dict:
    colours = [[128, 64, 128], [70, 130, 180], [107, 142, 35], [0, 0, 142], [220, 20, 60]]
    names = ["road", "sky", "vegetation", "car", "person"]
    return {
        "id": "tiny-5",
        "classes": [{"id": i, "name": n, "rgb": c} for i, (n, c) in enumerate(zip(names, colours))],
        "ignore": 255,
    }


def read_schema(text: str) -> dict:
    """Returns a schema of Reflux by its id, or the schema in a file."""
    file = Path(text) if text.endswith(".json") else SCHEMAS / f"{text}.json"
    if not file.exists():
        known = sorted(path.stem for path in SCHEMAS.glob("*.json"))
        raise SystemExit(f"There is no schema {text}; name a .json file or one of {', '.join(known)}.")
    schema = json.loads(file.read_text())
    schema.pop("rawIds", None)
    return schema


def frame_size(text: str) -> tuple:
    """Returns width and height of an argument such as 480x360."""
    try:
        width, height = (int(side) for side in text.split("x"))
    except ValueError:
        raise argparse.ArgumentTypeError(f"{text} is not WIDTHxHEIGHT, such as 480x360") from None
    return width, height


def write(folder: Path, name: str, role: str, module: torch.nn.Module, schema: dict, size: tuple, text: str,
          training: str = "", licence: str = "Apache-2.0", reheadable: bool = True) -> None:
    """Scripts the module and writes NAME.pt and NAME.json; strides and channels come from a forward pass."""
    scripted = torch.jit.script(module.train())
    if reheadable:
        define_contract(scripted, module)
    file = folder / f"{name}.pt"
    torch.jit.save(scripted, str(file))
    x = torch.zeros(2, 3, 64, 96)
    logits, features = torch.jit.load(str(file)).eval()(x)
    data = file.read_bytes()
    card = {
        "name": name,
        "role": role,
        "format": "torchscript",
        "file": file.name,
        "sha256": hashlib.sha256(data).hexdigest(),
        "bytes": len(data),
        "forward": "(logits, features)",
        "labelSchema": schema,
        "input": {"width": size[0], "height": size[1], "channels": "RGB", "scale": "1/255", "mean": MEAN, "std": STD},
        "logits": {"stride": 96 // logits.size(3)},
        "features": {"channels": features.size(1), "stride": 96 // features.size(3), "rounding": "ceil"},
        "reheadable": reheadable,
        "parameters": sum(p.numel() for p in module.parameters()),
        "licence": licence,
        "description": text,
    }
    if training:
        card["training"] = training
    (folder / f"{name}.json").write_text(json.dumps(card, indent=1) + "\n")
    print(f"{name}: {card['parameters']} parameters, {len(data)} bytes")


def wrong_models(folder: Path) -> None:
    """Writes files that a service must refuse, each with one sentence."""
    torch.jit.save(torch.jit.script(OneOutput(5)), str(folder / "wrong-contract.pt"))
    frozen = TinyStudent(5).eval()
    torch.jit.save(torch.jit.trace(frozen, torch.zeros(1, 3, 64, 96)), str(folder / "traced-eval.pt"))
    card = json.loads((folder / "tiny-student.json").read_text())
    for name in ["wrong-contract", "traced-eval"]:
        data = (folder / f"{name}.pt").read_bytes()
        other = dict(
            card,
            name=name,
            file=f"{name}.pt",
            sha256=hashlib.sha256(data).hexdigest(),
            bytes=len(data),
            reheadable=False,
        )
        (folder / f"{name}.json").write_text(json.dumps(other, indent=1) + "\n")
    (folder / "wrong-sha.json").write_text(json.dumps(dict(card, name="wrong-sha", sha256="0" * 64), indent=1) + "\n")


def main() -> None:
    torch.manual_seed(20260401)
    cityscapes = read_schema("cityscapes-19")
    synthetic = read_schema("synthetic-9")
    write(HERE, "student-cnn", "student", StudentCnn(19), cityscapes, (480, 360), "Residual CNN, untrained")
    write(HERE, "student-segformer", "student", StudentSegformer(19), cityscapes, (480, 360), "SegFormer-like, untrained")
    # The initial model of teacher-synthetic, which reflux pretrain trained on frames of synthetic:1001 to synthetic:1020, 160 each.
    write(HERE, "teacher-cnn", "teacher", TeacherCnn(9), synthetic, (256, 160), "CNN for the synthetic scenes, untrained")
    fixtures = HERE / "fixtures"
    fixtures.mkdir(exist_ok=True)
    write(fixtures, "tiny-student", "student", TinyStudent(5), tiny_schema(), (96, 64), "For tests, untrained")
    write(fixtures, "tiny-teacher", "teacher", TinyTeacher(5), tiny_schema(), (96, 64), "For tests, untrained")
    wrong_models(fixtures)


if __name__ == "__main__":
    main()
