"""mobilenetv2-teacher: MobileNetV2 with ImageNet weights and a light decoder: the initial model of a teacher.

    python mobilenetv2_teacher.py --weights mobilenetv2_imagenet.npz --schema camvid-11 --size 240x180 --out start

writes `mobilenetv2-teacher.pt` and its card, for `reflux pretrain`; neither is committed. The files are written only if
the exported encoder gives the same result as plain functional convolutions over the archive's arrays (`mobilenetv2.check`).
"""

import argparse
from pathlib import Path

import torch
from torch import Tensor, nn

from contract import Classifier, Output, SegmentationModel, conv_bn, resize
from export import frame_size, read_schema, write
from mobilenetv2 import MobileNetV2, load, read_weights

NAME = "mobilenetv2-teacher"


class MobileNetV2Teacher(SegmentationModel):
    """logits at stride 4, features (256 channels) at the encoder's output stride."""

    def __init__(self, classes: int, output_stride: int = 16, features: int = 256, width: int = 96):
        super().__init__()
        self.encoder = MobileNetV2(output_stride)
        channels = self.encoder.channels
        self.context = nn.Conv2d(channels, channels, 1)
        self.widen = conv_bn(channels, features, 1)
        self.from_coarse = conv_bn(features, width, 1)
        self.from_middle = conv_bn(32, width, 1)
        self.from_fine = conv_bn(24, width, 1)
        self.mix = conv_bn(width, width, 3)
        self.classifier = Classifier(width, classes)
        # The frame's mean is 0 at first, so the encoder's map is unchanged.
        nn.init.zeros_(self.context.weight)
        nn.init.zeros_(self.context.bias)

    def forward(self, x: Tensor) -> Output:
        fine, middle, coarse = self.encoder(x)
        features = self.widen(coarse + self.context(coarse.mean([2, 3], keepdim=True)))
        half = self.from_middle(middle) + resize(self.from_coarse(features), middle.size(2), middle.size(3))
        mixed = self.from_fine(fine) + resize(half, fine.size(2), fine.size(3))
        return self.classifier(self.mix(mixed)), features


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--weights", type=Path, required=True, metavar="NPZ", help="weights of MobileNetV2 1.0 for ImageNet")
    parser.add_argument("--schema", default="camvid-11", help="id of a label schema, or its .json file (default: %(default)s)")
    parser.add_argument("--size", type=frame_size, default="480x360", metavar="WxH", help="input size on the card (default: %(default)s)")
    parser.add_argument("--output-stride", type=int, default=16, choices=[8, 16], help="stride of the encoder's output (default: %(default)s)")
    parser.add_argument("--name", default=NAME, help="name of both files (default: %(default)s)")
    parser.add_argument("--seed", type=int, default=1, help="seed of the decoder's weights (default: %(default)s)")
    parser.add_argument("--out", type=Path, required=True, metavar="DIR", help="folder for model and card")
    args = parser.parse_args()
    schema = read_schema(args.schema)
    arrays = read_weights(args.weights)

    torch.manual_seed(args.seed)
    model = MobileNetV2Teacher(len(schema["classes"]), args.output_stride)
    load(model.encoder, arrays)
    args.out.mkdir(parents=True, exist_ok=True)
    text = f"MobileNetV2 of ImageNet at stride {args.output_stride}, decoder untrained"
    write(args.out, args.name, "teacher", model, schema, args.size, text)


if __name__ == "__main__":
    main()
