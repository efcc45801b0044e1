"""attention-teacher: a transformer on a pre-trained stem: the initial model of a teacher whose features come from self-attention.

    python attention_teacher.py --weights espnetv2_s_2.0_city_1024x512.pth --schema camvid-11 --size 320x240 --out start

writes `attention-teacher.pt` and its card, for `reflux pretrain`; neither is committed. The stem is ESPNetv2's encoder with
Cityscapes weights. Its stride-16 map goes through pre-norm blocks in which each place attends to all others.
"""

import argparse
from pathlib import Path

import torch
from torch import Tensor, nn

from contract import Classifier, Output, SegmentationModel, conv_bn, resize
from espnetv2 import Encoder, read_weights
from export import read_schema, write
from student_segformer import Block

NAME = "attention-teacher"


class AttentionTeacher(SegmentationModel):
    """logits at stride 4, features (the tokens after the last block) at stride 16.

    Position comes from zero-padded depthwise convolutions: one on the map before the blocks, and one in each block. So any size
    of frame is suitable.
    """

    def __init__(self, classes: int, blocks: int = 3, channels: int = 192, heads: int = 6, width: int = 64):
        super().__init__()
        self.encoder = Encoder()
        self.embed = nn.Conv2d(512, channels, 1)
        self.position = nn.Conv2d(channels, channels, 3, 1, 1, groups=channels)
        self.blocks = nn.Sequential(*(Block(channels, heads, reduction=1, ratio=2) for _ in range(blocks)))
        self.from_coarse = conv_bn(channels, width, 1)
        self.from_middle = conv_bn(256, width, 1)
        self.from_fine = conv_bn(128, width, 1)
        self.mix = conv_bn(width, width, 3)
        self.classifier = Classifier(width, classes)

    def forward(self, x: Tensor) -> Output:
        _, fine, middle, coarse = self.encoder(x)
        embedded = self.embed(coarse)
        features = self.blocks(embedded + self.position(embedded))
        half = self.from_middle(middle) + resize(self.from_coarse(features), middle.size(2), middle.size(3))
        mixed = self.from_fine(fine) + resize(half, fine.size(2), fine.size(3))
        return self.classifier(self.mix(mixed)), features


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--weights", type=Path, required=True, metavar="PTH", help="state dict of ESPNetv2 s2.0 for Cityscapes")
    parser.add_argument("--schema", default="camvid-11", help="id of a label schema, or its .json file (default: %(default)s)")
    parser.add_argument("--size", default="480x360", metavar="WxH", help="input size on the card (default: %(default)s)")
    parser.add_argument("--blocks", type=int, default=3, choices=range(1, 9), metavar="N", help="transformer blocks, 1 to 8 (default: %(default)s)")
    parser.add_argument("--name", default=NAME, help="name of both files (default: %(default)s)")
    parser.add_argument("--seed", type=int, default=1, help="seed of the weights behind the stem (default: %(default)s)")
    parser.add_argument("--out", type=Path, required=True, metavar="DIR", help="folder for model and card")
    args = parser.parse_args()
    schema = read_schema(args.schema)
    try:
        width, height = (int(side) for side in args.size.split("x"))
    except ValueError:
        parser.error(f"--size {args.size} is not WIDTHxHEIGHT, such as 480x360")
    tensors = read_weights(args.weights)
    prefix = "encoder."

    torch.manual_seed(args.seed)
    model = AttentionTeacher(len(schema["classes"]), args.blocks)
    stem = {name.removeprefix(prefix): tensor for name, tensor in tensors.items() if name.startswith(prefix)}
    model.encoder.load_state_dict(stem, strict=True)
    args.out.mkdir(parents=True, exist_ok=True)
    text = f"{args.blocks} transformer blocks on ESPNetv2's encoder of Cityscapes (EdgeNets, MIT), blocks and decoder untrained"
    write(args.out, args.name, "teacher", model, schema, (width, height), text, licence="MIT (weights of EdgeNets)")


if __name__ == "__main__":
    main()
