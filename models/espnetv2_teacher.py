"""espnetv2-teacher: ESPNetv2 s2.0 with Cityscapes weights: a teacher as it is, and the initial model of another one.

    python espnetv2_teacher.py --weights espnetv2_s_2.0_city_1024x512.pth --schema camvid-11 --out start

writes `espnetv2-teacher.pt` and its card; neither is committed. With `--schema cityscapes-19`, the logits are those of the
weights without the background. With `--schema camvid-11`, the logit of a class is the logarithm of the sum of the exponentials
over its Cityscapes classes, so the probability of a class is the sum of theirs, and a fine-tuning starts from exactly that.
"""

import argparse
from pathlib import Path
from typing import List

import torch
from torch import Tensor, nn

from contract import Output, SegmentationModel
from espnetv2 import PROJECTED, Decoder, Encoder, read_weights
from export import frame_size, read_schema, write

NAME = "espnetv2-teacher"
# The Cityscapes classes of each CamVid class, in the order of CamVid's ids.
CAMVID = {
    "sky": ["sky"],
    "building": ["building", "wall"],
    "pole": ["pole"],
    "road": ["road"],
    "pavement": ["sidewalk"],
    "tree": ["vegetation", "terrain"],
    "sign_symbol": ["traffic light", "traffic sign"],
    "fence": ["fence"],
    "car": ["car", "truck", "bus", "train"],
    "pedestrian": ["person"],
    "bicyclist": ["rider", "motorcycle", "bicycle"],
}


class GroupedClassifier(nn.Module):
    """A 1x1 convolution of which neighboring outputs are members of one class. New classes have one output each."""

    def __init__(self, channels: int, members: List[int]):
        super().__init__()
        self.channels = channels
        self.members = members
        self.weight = nn.Parameter(torch.zeros(sum(members), channels, 1, 1))
        self.bias = nn.Parameter(torch.zeros(sum(members)))

    def forward(self, x: Tensor) -> Tensor:
        outputs = torch.conv2d(x, self.weight, self.bias)
        if outputs.size(1) == len(self.members):
            return outputs
        logits: List[Tensor] = []
        for part in outputs.split_with_sizes(self.members, 1):
            logits.append(part.logsumexp(1))
        return torch.stack(logits, 1)

    @torch.jit.export
    def reset(self, classes: int):
        self.members = [1] * classes
        self.weight = (torch.randn(classes, self.channels, 1, 1) * 0.05).requires_grad_(True)
        self.bias = torch.zeros(classes).requires_grad_(True)


class Espnetv2Teacher(SegmentationModel):
    """logits at stride 2, features (512 channels) at stride 16."""

    def __init__(self, members: List[int]):
        super().__init__()
        self.encoder = Encoder()
        self.decoder = Decoder()
        self.classifier = GroupedClassifier(PROJECTED, members)

    def forward(self, x: Tensor) -> Output:
        half, quarter, eighth, features = self.encoder(x)
        return self.classifier(self.decoder(half, quarter, eighth, features)), features


def grouping(schema: dict) -> List[List[int]]:
    """Returns the outputs of the weights that are members of each class of a schema."""
    names = [entry["name"] for entry in read_schema("cityscapes-19")["classes"]]
    wanted = [entry["name"] for entry in schema["classes"]]
    if wanted == names:
        return [[i] for i in range(len(names))]
    if wanted == list(CAMVID):
        return [[names.index(member) for member in members] for members in CAMVID.values()]
    raise SystemExit(f"The weights have the classes of cityscapes-19 and camvid-11, not those of {schema['id']}.")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--weights", type=Path, required=True, metavar="PTH", help="state dict of ESPNetv2 s2.0 for Cityscapes")
    parser.add_argument("--schema", default="camvid-11", help="cityscapes-19 or camvid-11, or its .json file (default: %(default)s)")
    parser.add_argument("--size", type=frame_size, default="480x360", metavar="WxH", help="input size on the card (default: %(default)s)")
    parser.add_argument("--name", default=NAME, help="name of both files (default: %(default)s)")
    parser.add_argument("--out", type=Path, required=True, metavar="DIR", help="folder for model and card")
    args = parser.parse_args()
    schema = read_schema(args.schema)
    groups = grouping(schema)
    tensors = read_weights(args.weights)
    order = [output for members in groups for output in members]
    for name in ["classifier.weight", "classifier.bias"]:
        tensors[name] = tensors[name][order]

    model = Espnetv2Teacher([len(members) for members in groups])
    model.load_state_dict(tensors, strict=True)
    args.out.mkdir(parents=True, exist_ok=True)
    text = f"ESPNetv2 s2.0 of Cityscapes (EdgeNets, MIT), with the classes of {schema['id']}"
    write(args.out, args.name, "teacher", model, schema, args.size, text, licence="MIT (weights of EdgeNets)")


if __name__ == "__main__":
    main()
