"""student-mobilenet: a student that has seen the world before its first frame of the stream.

    python student_mobilenet.py --weights mobilenetv2_imagenet.npz

writes `student-mobilenet.pt` and its card beside this file. The encoder is ImageNet's MobileNetV2 as far as stride 16 (13
of 17 blocks: the last four hold two thirds of the weights, and classes of photographs); `reset_parameters` draws
the decoder anew and leaves the encoder as ImageNet made it.
"""

import argparse
import json
from pathlib import Path

import torch
from torch import Tensor, nn

from contract import Classifier, Output, SegmentationModel, conv_bn, resize
from export import HERE, SCHEMAS, write
from mobilenetv2 import MobileNetV2, load, read_weights


class StudentMobileNet(SegmentationModel):
    """logits at stride 4, features (96 channels) at stride 8."""

    pretrained = ("encoder.",)

    def __init__(self, classes: int, fused: int = 96):
        super().__init__()
        self.encoder = MobileNetV2(output_stride=16, blocks=13)
        coarse = self.encoder.channels
        self.context = nn.Conv2d(coarse, coarse, 1)
        self.from_coarse = conv_bn(coarse, fused, 1)
        self.from_middle = conv_bn(32, fused, 1)
        self.from_fused = conv_bn(fused, 64, 1)
        self.from_fine = conv_bn(24, 64, 1)
        self.classifier = Classifier(64, classes)

    def forward(self, x: Tensor) -> Output:
        fine, middle, coarse = self.encoder(x)
        coarse = coarse + self.context(coarse.mean([2, 3], keepdim=True))
        features = self.from_middle(middle) + resize(self.from_coarse(coarse), middle.size(2), middle.size(3))
        mixed = self.from_fine(fine) + resize(self.from_fused(features), fine.size(2), fine.size(3))
        return self.classifier(mixed), features


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--weights", type=Path, required=True, metavar="NPZ", help="MobileNetV2 1.0 of ImageNet")
    args = parser.parse_args()
    schema = json.loads((SCHEMAS / "cityscapes-19.json").read_text())
    schema.pop("rawIds")
    torch.manual_seed(20260401)
    model = StudentMobileNet(len(schema["classes"]))
    load(model.encoder, read_weights(args.weights))
    text = "MobileNetV2 of ImageNet as far as stride 16, decoder untrained"
    write(HERE, "student-mobilenet", "student", model, schema, (480, 360), text)


if __name__ == "__main__":
    main()
