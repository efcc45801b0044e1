"""student-mobilenet: a student with an encoder that was trained on ImageNet.

    python student_mobilenet.py --weights mobilenetv2_imagenet.npz

writes `student-mobilenet.pt` and its card beside this file. The encoder is MobileNetV2 with ImageNet weights up to
stride 16 (13 of 17 blocks: the last four hold two thirds of the weights and separate classes of photographs).
`reset_parameters` draws the decoder again and does not change the encoder.
"""

import argparse
from pathlib import Path

import torch
from torch import Tensor

from contract import Output
from export import HERE, read_schema, write
from mobilenetv2 import MobileNetV2, load, read_weights
from student_cnn import FusingStudent


class StudentMobileNet(FusingStudent):
    """logits at stride 4, features (96 channels) at stride 8."""

    pretrained = ("encoder.",)

    def __init__(self, classes: int, fused: int = 96):
        super().__init__()
        self.encoder = MobileNetV2(output_stride=16, blocks=13)
        self.add_decoder(classes, 24, 32, self.encoder.channels, fused)

    def forward(self, x: Tensor) -> Output:
        fine, middle, coarse = self.encoder(x)
        return self.decode(fine, middle, coarse)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--weights", type=Path, required=True, metavar="NPZ", help="weights of MobileNetV2 1.0 for ImageNet")
    args = parser.parse_args()
    schema = read_schema("cityscapes-19")
    torch.manual_seed(20260401)
    model = StudentMobileNet(len(schema["classes"]))
    load(model.encoder, read_weights(args.weights))
    text = "MobileNetV2 of ImageNet as far as stride 16, decoder untrained"
    write(HERE, "student-mobilenet", "student", model, schema, (480, 360), text,
          training="encoder: MobileNetV2 of ImageNet; the decoder is drawn at random")


if __name__ == "__main__":
    main()
