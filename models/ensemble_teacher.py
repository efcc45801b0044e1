"""ensemble-teacher: two or more teachers of the same classes as one teacher.

    python ensemble_teacher.py --member a/a.json --member b/b.json:0.5@640x480 --size 480x360 --out both

writes `ensemble-teacher.pt` and its card; neither is committed. Its probabilities are the weighted mean of those of its members,
on the finest of their grids, and its features are those of the first one. A member sees the frame at a size of its own, which
keeps its relation to `--size` when the frame has another one. It is for inference: its file cannot be given other classes.
"""

import argparse
import json
import math
from pathlib import Path
from typing import List, Tuple

import torch
from torch import Tensor, nn

from contract import Output, resize
from export import MEAN, STD, frame_size, read_schema, write

NAME = "ensemble-teacher"


class Member(nn.Module):
    """A teacher that sees frames at its own scale, and the logarithm of its share."""

    def __init__(self, model: torch.jit.ScriptModule, scale: float, log_share: float):
        super().__init__()
        self.model = model
        self.scale = scale
        self.log_share = log_share

    def forward(self, x: Tensor) -> Output:
        rows, columns = int(round(x.size(2) * self.scale)), int(round(x.size(3) * self.scale))
        return self.model(resize(x, rows, columns))


class EnsembleTeacher(nn.Module):
    """The logarithm of the weighted mean of the members' probabilities, and the first member's features.

    :param stride: the stride of the logits
    :param flip: whether the members see the mirrored frame too; the mean is over both
    """

    def __init__(self, members: List[Member], stride: int, flip: bool):
        super().__init__()
        self.members = nn.ModuleList(members)
        self.stride = stride
        self.flip = flip

    def forward(self, x: Tensor) -> Output:
        rows = (x.size(2) + self.stride - 1) // self.stride
        columns = (x.size(3) + self.stride - 1) // self.stride
        logs: List[Tensor] = []
        maps: List[Tensor] = []
        for member in self.members:
            logits, features = member(x)
            maps.append(features)
            logs.append(torch.log_softmax(resize(logits, rows, columns), 1) + member.log_share)
            if self.flip:
                mirrored = member(x.flip([3]))[0].flip([3])
                logs.append(torch.log_softmax(resize(mirrored, rows, columns), 1) + member.log_share)
        return torch.log_softmax(torch.stack(logs).logsumexp(0), 1), maps[0]


def read_member(text: str) -> Tuple[dict, Path, float, int]:
    """Returns the card, its folder, the weight and the width of the frames for CARD[:WEIGHT][@WxH]."""
    named, _, size = text.partition("@")
    name, extension, weight = named.partition(".json")
    try:
        card = json.loads(Path(name + extension).read_text())
        number = float(weight.removeprefix(":") or 1)
        width = frame_size(size)[0] if size else card["input"]["width"]
    except (OSError, ValueError, argparse.ArgumentTypeError) as e:
        raise SystemExit(f"--member {text} is not CARD[:WEIGHT][@WxH], such as a.json:0.5@640x480: {e}")
    if not number > 0:
        raise SystemExit(f"--member {text}: the weight must be above 0.")
    return card, Path(name).parent, number, width


def class_names(schema: dict) -> List[str]:
    return [entry["name"] if isinstance(entry, dict) else entry for entry in schema["classes"]]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--member", required=True, action="append", metavar="CARD[:WEIGHT][@WxH]", help="card of a teacher, its weight (default: 1) and its input size (default: the card's); repeat it")
    parser.add_argument("--schema", default="camvid-11", help="id of the members' label schema, or its .json file (default: %(default)s)")
    parser.add_argument("--size", type=frame_size, default="480x360", metavar="WxH", help="input size on the card (default: %(default)s)")
    parser.add_argument("--flip", action="store_true", help="see each frame mirrored too, at twice the time")
    parser.add_argument("--name", default=NAME, help="name of both files (default: %(default)s)")
    parser.add_argument("--out", type=Path, required=True, metavar="DIR", help="folder for model and card")
    args = parser.parse_args()
    schema = read_schema(args.schema)
    read = [read_member(text) for text in args.member]
    total = sum(weight for _, _, weight, _ in read)
    members = []
    for card, folder, weight, seen in read:
        if class_names(card["labelSchema"]) != class_names(schema):
            raise SystemExit(f"{card['name']} does not have the classes of {schema['id']}.")
        if card["input"]["mean"] != MEAN or card["input"]["std"] != STD:
            raise SystemExit(f"{card['name']} expects another mean or deviation than ImageNet's.")
        model = torch.jit.load(str(folder / card["file"]), map_location="cpu")
        members.append(Member(model, seen / args.size[0], math.log(weight / total)))

    stride = min(card["logits"]["stride"] for card, _, _, _ in read)
    args.out.mkdir(parents=True, exist_ok=True)
    text = " + ".join(f"{weight / total:.2f} {card['name']}" for card, _, weight, _ in read)
    text = f"Mean of the probabilities: {text}{', each mirrored too' if args.flip else ''}"
    licence = "; ".join(f"{card['name']}: {card['licence']}" for card, _, _, _ in read)
    write(args.out, args.name, "teacher", EnsembleTeacher(members, stride, args.flip), schema, args.size, text,
          licence=licence, reheadable=False)


if __name__ == "__main__":
    main()
