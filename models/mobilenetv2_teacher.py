"""mobilenetv2-teacher: ImageNet's MobileNetV2 under a light decoder, for a teacher that does not begin from nothing.

    python mobilenetv2_teacher.py --weights mobilenetv2_imagenet.npz --schema camvid-11 --size 240x180 --out start

writes `mobilenetv2-teacher.pt` and its card, for `reflux pretrain`; neither is committed. The weights are an archive of
float32 arrays [out, in/groups, kh, kw] by the place's name: `stem`, `block0` to `block16` (each `expand`, `dw`,
`project`), each `.conv.weight` and `.bn.{weight,bias,running_mean,running_var}`. They were made for RGB / 255 with
ImageNet's mean and deviation, which is what the card says.

Nothing is written unless the encoder, as exported, gives what a second forward gives: one of plain functional
convolutions over the archive's arrays, in the network's original form of stride 32 (`check`).
"""

import argparse
import json
from collections import OrderedDict
from pathlib import Path
from typing import Tuple

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional as F

from contract import Classifier, Output, SegmentationModel, conv_bn, resize
from export import SCHEMAS, write

NAME = "mobilenetv2-teacher"
# Widening, channels out, stride of block0 to block16 (Sandler et al., MobileNetV2, table 2, a row for each block).
BLOCKS = (
    [(1, 16, 1), (6, 24, 2), (6, 24, 1), (6, 32, 2), (6, 32, 1), (6, 32, 1), (6, 64, 2), (6, 64, 1), (6, 64, 1)]
    + [(6, 64, 1), (6, 96, 1), (6, 96, 1), (6, 96, 1), (6, 160, 2), (6, 160, 1), (6, 160, 1), (6, 320, 1)]
)
# Block after which the map of a stage leaves the encoder: strides 4, 8, and the output stride.
STAGES = {"fine": range(0, 3), "middle": range(3, 6), "coarse": range(6, 17)}


class ConvNorm(nn.Module):
    """Convolution, normalisation and, unless linear, ReLU6."""

    def __init__(
        self,
        cin: int,
        cout: int,
        kernel: int,
        stride: int = 1,
        dilation: int = 1,
        groups: int = 1,
        linear: bool = False,
    ):
        super().__init__()
        self.linear = linear
        self.conv = nn.Conv2d(cin, cout, kernel, stride, dilation * (kernel // 2), dilation, groups, bias=False)
        self.bn = nn.BatchNorm2d(cout)

    def forward(self, x: Tensor) -> Tensor:
        y = self.bn(self.conv(x))
        return y if self.linear else torch.clamp(y, 0.0, 6.0)


class InvertedResidual(nn.Module):
    def __init__(self, cin: int, cout: int, widening: int, stride: int, dilation: int, shortcut: bool):
        super().__init__()
        wide = cin * widening
        self.shortcut = shortcut
        self.expand = ConvNorm(cin, wide, 1)
        self.dw = ConvNorm(wide, wide, 3, stride, dilation, wide)
        self.project = ConvNorm(wide, cout, 1, linear=True)

    def forward(self, x: Tensor) -> Tensor:
        y = self.project(self.dw(self.expand(x)))
        return x + y if self.shortcut else y


class MobileNetV2(nn.Module):
    """maps of 24 channels at stride 4, 32 at stride 8, 320 at the output stride.

    Past the output stride a block that would stride does not, and the blocks behind it look as far apart instead: at
    every second (fourth) place the map is the original network's.
    """

    def __init__(self, output_stride: int):
        super().__init__()
        self.stem = ConvNorm(3, 32, 3, stride=2)
        blocks, channels, reached, dilation = OrderedDict(), 32, 2, 1
        for i, (widening, cout, stride) in enumerate(BLOCKS):
            step = stride if reached < output_stride else 1
            shortcut = stride == 1 and channels == cout
            blocks[f"block{i}"] = InvertedResidual(channels, cout, widening, step, dilation, shortcut)
            reached, dilation, channels = reached * step, dilation * (stride // step), cout
        self.fine, self.middle, self.coarse = (
            nn.Sequential(OrderedDict((f"block{i}", blocks[f"block{i}"]) for i in STAGES[stage])) for stage in STAGES
        )

    def forward(self, x: Tensor) -> Tuple[Tensor, Tensor, Tensor]:
        fine = self.fine(self.stem(x))
        middle = self.middle(fine)
        return fine, middle, self.coarse(middle)

    def load(self, arrays: dict) -> None:
        """Takes every array but the classification head's; one that is missing, or left over, is an error."""
        left = {key for key in arrays if not key.startswith("head.")}
        for name, tensor in self.state_dict().items():
            if name.endswith("num_batches_tracked"):
                continue
            key = name.split(".", 1)[1] if name.split(".")[0] in STAGES else name
            if key not in arrays or arrays[key].shape != tuple(tensor.shape):
                raise SystemExit(f"The weights have no {key} of shape {tuple(tensor.shape)}; is this MobileNetV2 1.0?")
            tensor.copy_(torch.from_numpy(arrays[key]))
            left.discard(key)
        if left:
            raise SystemExit(f"The weights have more than MobileNetV2 1.0: {sorted(left)[:3]}")


class MobileNetV2Teacher(SegmentationModel):
    """logits at stride 4, features (256 channels) at the encoder's output stride."""

    def __init__(self, classes: int, output_stride: int = 16, features: int = 256, width: int = 96):
        super().__init__()
        self.encoder = MobileNetV2(output_stride)
        self.context = nn.Conv2d(320, 320, 1)
        self.widen = conv_bn(320, features, 1)
        self.from_coarse = conv_bn(features, width, 1)
        self.from_middle = conv_bn(32, width, 1)
        self.from_fine = conv_bn(24, width, 1)
        self.mix = conv_bn(width, width, 3)
        self.classifier = Classifier(width, classes)
        # At first the frame's mean adds nothing: the encoder's map arrives as ImageNet made it.
        nn.init.zeros_(self.context.weight)
        nn.init.zeros_(self.context.bias)

    def forward(self, x: Tensor) -> Output:
        fine, middle, coarse = self.encoder(x)
        features = self.widen(coarse + self.context(coarse.mean([2, 3], keepdim=True)))
        half = self.from_middle(middle) + resize(self.from_coarse(features), middle.size(2), middle.size(3))
        mixed = self.from_fine(fine) + resize(half, fine.size(2), fine.size(3))
        return self.classifier(self.mix(mixed)), features


def original(arrays: dict, x: Tensor) -> Tensor:
    """The archive's network at stride 32, in plain functions: the check's other side, with no module of this file."""

    def conv(y: Tensor, key: str, stride: int = 1, linear: bool = False) -> Tensor:
        weight = torch.from_numpy(arrays[f"{key}.conv.weight"])
        gamma, beta, mean, var = (
            torch.from_numpy(arrays[f"{key}.bn.{part}"]).view(1, -1, 1, 1)
            for part in ["weight", "bias", "running_mean", "running_var"]
        )
        y = F.conv2d(y, weight, None, stride, weight.size(2) // 2, 1, y.size(1) // weight.size(1))
        y = gamma * (y - mean) / torch.sqrt(var + 1e-5) + beta
        return y if linear else y.clamp(0, 6)

    x = conv(x, "stem", 2)
    for i in range(17):
        y = conv(x, f"block{i}.expand")
        y = conv(y, f"block{i}.dw", 2 if i in (1, 3, 6, 13) else 1)
        y = conv(y, f"block{i}.project", linear=True)
        x = x + y if x.shape == y.shape else y
    return x


@torch.no_grad()
def check(encoder: MobileNetV2, arrays: dict, output_stride: int) -> float:
    """Largest difference to the original, as part of its largest value; on sides that 32 does not divide."""
    x = torch.randn(2, 3, 180, 244, generator=torch.Generator().manual_seed(1))
    expected = original(arrays, x)
    every = 32 // output_stride
    actual = encoder.eval()(x)[2][:, :, ::every, ::every]
    encoder.train()
    if actual.shape != expected.shape:
        raise SystemExit(f"The encoder gives {tuple(actual.shape)} where the original gives {tuple(expected.shape)}.")
    return ((actual - expected).abs().max() / expected.abs().max()).item()


def read_schema(text: str) -> dict:
    """A schema of the product by its id, or a file of the same form."""
    file = Path(text) if text.endswith(".json") else SCHEMAS / f"{text}.json"
    if not file.exists():
        known = sorted(path.stem for path in SCHEMAS.glob("*.json"))
        raise SystemExit(f"There is no schema {text}; name a .json file or one of {', '.join(known)}.")
    schema = json.loads(file.read_text())
    schema.pop("rawIds", None)
    return schema


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--weights", type=Path, required=True, metavar="NPZ", help="MobileNetV2 1.0 of ImageNet")
    parser.add_argument("--schema", default="camvid-11", help="id of a schema, or its .json (default: %(default)s)")
    parser.add_argument("--size", default="480x360", metavar="WxH", help="the card's input (default: %(default)s)")
    parser.add_argument("--output-stride", type=int, default=16, choices=[8, 16], help="default: %(default)s")
    parser.add_argument("--name", default=NAME, help="of both files (default: %(default)s)")
    parser.add_argument("--seed", type=int, default=1, help="of the decoder (default: %(default)s)")
    parser.add_argument("--out", type=Path, required=True, metavar="DIR", help="for model and card")
    args = parser.parse_args()
    schema = read_schema(args.schema)
    try:
        width, height = (int(side) for side in args.size.split("x"))
    except ValueError:
        parser.error(f"--size {args.size} is not WIDTHxHEIGHT, such as 480x360")
    if not args.weights.is_file():
        parser.error(f"there is no file {args.weights}")
    arrays = dict(np.load(args.weights))

    torch.manual_seed(args.seed)
    model = MobileNetV2Teacher(len(schema["classes"]), args.output_stride)
    model.encoder.load(arrays)
    difference = check(model.encoder, arrays, args.output_stride)
    print(f"encoder and archive differ by {difference:.1e} of the largest value")
    if not difference <= 1e-4:
        raise SystemExit("The encoder is not the archive's network; nothing was written.")
    args.out.mkdir(parents=True, exist_ok=True)
    text = f"MobileNetV2 of ImageNet at stride {args.output_stride}, decoder untrained"
    write(args.out, args.name, "teacher", model, schema, (width, height), text)


if __name__ == "__main__":
    main()
